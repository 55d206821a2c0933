import { basename, dirname, join } from 'node:path';
import type { PlainWorktrees } from '../../core/ports/plainWorktrees';
import type { SessionPlace } from '../../core/sessions/sessionPlace';
import { endMonitor } from './program/endMonitor';
import { Git, GitFailure, gitFailed } from './program/git';
import { parseWorktreeList } from './program/parseWorktreeList';
import { folderState, platformPath } from './files/paths';

/** `git worktree add` and `remove`, and nothing besides. */
export class GitPlainWorktrees implements PlainWorktrees {
  readonly #git: Git;

  /** @param env what git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  async add(folder: string, place: SessionPlace, signal?: AbortSignal): Promise<string | undefined> {
    const common = await this.#line(folder, ['rev-parse', '--path-format=absolute', '--git-common-dir'], signal);
    if (common === undefined) return undefined;
    const ref = `refs/heads/${place.branch}`;
    const said = await this.#git.try(folder, ['worktree', 'list', '--porcelain'], { trust: 'read', signal });
    for (const { branch, path } of parseWorktreeList(said ?? '', '\n'))
      if (branch === ref && (await folderState(platformPath(path))) === 'occupied') return platformPath(path);
    const path = join(await this.#root(folder, platformPath(common), signal), ...place.folder.split('/'));
    const isThere = await this.#line(folder, ['rev-parse', '--verify', '--quiet', ref], signal);
    const what =
      isThere === undefined
        ? ['--no-track', '-b', place.branch, '--', path, await this.#base(folder, signal)]
        : ['--', path, place.branch];
    try {
      await this.#git.run(folder, ['worktree', 'add', '--quiet', ...what], { trust: 'write', signal });
      return path;
    } catch (error) {
      throw gitFailed(`The worktree ${path} was not made`, error);
    }
  }

  async remove(folder: string, path: string, signal?: AbortSignal): Promise<void> {
    const common = await this.#line(folder, ['rev-parse', '--path-format=absolute', '--git-common-dir'], signal);
    if (common === undefined) return;
    try {
      const gitDir = await this.#line(path, ['rev-parse', '--absolute-git-dir'], signal).catch(() => undefined);
      if (gitDir !== undefined) await endMonitor(this.#git, platformPath(gitDir));
      // The worktree itself may be where this was called. Whether it has work is nothing to believe a monitor.
      const argv = ['-c', 'core.fsmonitor=false', 'worktree', 'remove', '--', path];
      await this.#git.run(platformPath(common), argv, { trust: 'write', signal });
    } catch (error) {
      throw gitFailed(`The worktree ${path} was not removed`, error);
    }
  }

  /** Where a worktree of a bare repository was begun, there lie those of its sessions. */
  async #root(folder: string, common: string, signal: AbortSignal | undefined): Promise<string> {
    const top = await this.#line(folder, ['rev-parse', '--show-toplevel'], signal);
    if (top !== undefined) return platformPath(top);
    return basename(common) === '.git' ? dirname(common) : folder;
  }

  async #base(folder: string, signal: AbortSignal | undefined): Promise<string> {
    const remote = await this.#line(folder, ['rev-parse', '--verify', '--quiet', 'refs/remotes/origin/HEAD'], signal);
    return remote ?? 'HEAD';
  }

  async #line(folder: string, argv: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      const line = (await this.#git.run(folder, [...argv], { trust: 'read', signal })).trim();
      return line === '' ? undefined : line;
    } catch (error) {
      if (error instanceof GitFailure) return undefined;
      throw error;
    }
  }
}
