import type { Worktree } from '../../core/model';
import {
  mostCommits,
  type BranchCommit,
  type FileSince,
  type WorkSince,
  type WorktreeChanges,
} from '../../core/ports/worktreeChanges';
import { Git, gitFailed, type GitOptions } from './program/git';
import { numstatArguments, parseNumstat } from './program/numstat';
import { repositoryFilters } from './program/repositoryFilters';

const maxFiles = 5_000;
const maxSubjects = 5;

export class GitWorktreeChanges implements WorktreeChanges {
  readonly #git: Git;

  /** @param env what git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  async commonCommit(worktrees: readonly Worktree[], signal?: AbortSignal): Promise<string | undefined> {
    const [first] = worktrees;
    if (!first) return undefined;
    const heads = worktrees.map(({ head }) => head);
    const found = await this.#git.try(first.path, ['merge-base', '--octopus', ...heads], { trust: 'read', signal });
    return found?.split('\n', 1)[0] || undefined;
  }

  async since({ path, gitDir }: Worktree, commit: string, signal?: AbortSignal): Promise<WorkSince> {
    try {
      const { config } = await repositoryFilters(this.#git, gitDir, signal);
      const options: GitOptions = { trust: 'read', signal, config };
      const range = `${commit}..HEAD`;
      const [log, tracked, untracked] = await Promise.all([
        this.#git.run(path, ['log', '-z', '--format=tformat:%s', range, '--'], options),
        this.#git.run(path, [...numstatArguments, commit, '--'], options),
        this.#git.run(path, ['ls-files', '-z', '--others', '--exclude-standard'], options),
      ]);
      const files = [...parseNumstat(tracked), ...pieces(untracked).map(untrackedFile)];
      files.sort((one, other) => (one.path < other.path ? -1 : 1));
      const isCut = files.length > maxFiles;
      // A subject may be empty.
      const subjects = log.split('\0').slice(0, -1);
      const told = { commits: subjects.length, subjects: subjects.slice(0, maxSubjects) };
      return { ...told, files: files.slice(0, maxFiles), isCut };
    } catch (error) {
      throw gitFailed(`What ${path} has changed cannot be told`, error);
    }
  }

  async commits(
    { path, head }: Pick<Worktree, 'path' | 'head'>,
    sinceMs: number,
    signal?: AbortSignal,
  ): Promise<readonly BranchCommit[]> {
    // A branch without a commit.
    if (/^0*$/.test(head)) return [];
    const since = Math.floor(sinceMs / 1000);
    const argv = ['log', '-z', '--first-parent', `--max-count=${mostCommits}`, `--since=@${since}`];
    try {
      const told = await this.#git.run(path, [...argv, '--format=%ct %h %s', head, '--'], { trust: 'read', signal });
      return pieces(told).flatMap(branchCommit);
    } catch (error) {
      throw gitFailed(`The commits of ${path} cannot be told`, error);
    }
  }
}

function pieces(output: string): string[] {
  return output.split('\0').filter((piece) => piece !== '');
}

/** `1700000000 1a2b3c4 Its subject`; a subject may be empty. */
function branchCommit(line: string): BranchCommit[] {
  const [, seconds, id, subject = ''] = /^(\d+) ([0-9a-f]+) (.*)$/s.exec(line) ?? [];
  return id === undefined ? [] : [{ at: Number(seconds) * 1000, id, subject }];
}

function untrackedFile(path: string): FileSince {
  return { path, added: undefined, removed: undefined, isUntracked: true };
}
