import { randomUUID } from 'node:crypto';
import { constants, lstat, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '../../core/errors';
import type { ListedFiles, RepositoryFiles } from '../../core/ports/repositoryFiles';
import { Git, GitFailure } from './program/git';
import { ignoredAmong } from './files/ignoredAmong';
import { isReached } from './files/isReached';

/** More names than that are not looked at. */
const maxFiles = 100_000;
const maxBytes = 512 * 1024;

/** What lies in a repository: git says what belongs to it. */
export class GitRepositoryFiles implements RepositoryFiles {
  readonly #git: Git;

  /** @param env the environment that git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  async list(folder: string, signal?: AbortSignal): Promise<ListedFiles> {
    // One process for all, which says of each what it is.
    const argv = ['ls-files', '-t', '-z', '--cached', '--deleted', '--others', '--exclude-standard'];
    try {
      const output = await this.#git.run(folder, argv, { trust: 'read', signal });
      const [known, others, gone] = [new Set<string>(), new Set<string>(), new Set<string>()];
      for (const entry of output.split('\0').filter(Boolean))
        (entry.startsWith('? ') ? others : entry.startsWith('R ') ? gone : known).add(entry.slice(2));
      const tracked = [...known].filter((path) => !gone.has(path)).slice(0, maxFiles);
      return { tracked, untracked: [...others].slice(0, maxFiles - tracked.length) };
    } catch (error) {
      if (error instanceof GitFailure || isAppError(error, 'invalidInput'))
        throw new AppError('invalidInput', `${folder} is in no git repository`, { cause: error });
      throw error;
    }
  }

  ignored(folder: string, paths: readonly string[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
    return ignoredAmong(this.#git, folder, paths, signal);
  }

  async read(folder: string, path: string): Promise<string | undefined> {
    try {
      const file = join(folder, path);
      // A link that is committed may lead to what git ignores, such as secrets.
      if (path.split(/[/\\]/).includes('..') || !(await isReached(folder, path))) return undefined;
      if (!(await lstat(file)).isFile()) return undefined;
      const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
      try {
        const found = await handle.stat();
        if (!found.isFile() || found.size > maxBytes) return undefined;
        const buffer = Buffer.alloc(found.size);
        const { bytesRead } = await handle.read(buffer, 0, found.size, 0);
        return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
      } finally {
        await handle.close();
      }
    } catch {
      return undefined;
    }
  }

  async write(folder: string, path: string, text: string, replaces: boolean): Promise<void> {
    const file = join(folder, path);
    try {
      if (!replaces) return await writeFile(file, text, { flag: 'wx' });
      // In its place and not into it: a link leads elsewhere, and a text that was written by half is none.
      const beside = `${file}.${randomUUID()}.tmp`;
      await writeFile(beside, text, { flag: 'wx' });
      await rename(beside, file);
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
      if (code === 'EEXIST')
        throw new AppError('conflict', `${path} is there already, and nothing was changed.`, {
          cause: error,
          remedy: { title: `Open ${path}`, action: { kind: 'openFile', path: file } },
        });
      throw error;
    }
  }
}
