import { delimiter, dirname, parse } from 'node:path';
import type { Worktree } from '../../../core/model';
import { GitFailure, type Git } from '../program/git';
import { readingConfig, type ConfigEntry } from '../program/gitEnvironment';
import { StatusSplitter } from '../program/parseStatus';
import { statusConcurrency } from '../program/statusConcurrency';

/** Among more worktrees than fit into groups of this size, some are slow: their neighbours must not wait behind them. */
const largestGroup = 16;

/** A group a running process: each more costs the start of a process, and what is on the way is told as it comes. */
export function groupsOf(worktrees: readonly Worktree[]): Worktree[][] {
  const size = Math.max(1, Math.min(largestGroup, Math.ceil(worktrees.length / statusConcurrency)));
  const groups: Worktree[][] = [];
  for (let start = 0; start < worktrees.length; start += size) groups.push(worktrees.slice(start, start + size));
  return groups;
}

/**
 * The status of several worktrees through one child process, which starts the others: starting a process costs this one
 * milliseconds in which it can do nothing else. `git for-each-repo` ends at the first that fails; where it does, or is not to be
 * had (git 2.30), or changes (it is called experimental), outputs are missing, and the caller asks one by one.
 *
 * @param onStatus told of each as it comes, in the order of the worktrees, from the first on
 * @returns how many were told
 */
export async function groupStatus(
  git: Git,
  group: readonly Worktree[],
  statusArguments: readonly string[],
  config: readonly ConfigEntry[],
  onStatus: (worktree: Worktree, output: string) => void,
  signal?: AbortSignal,
): Promise<number> {
  const first = group[0];
  // `-c` ends a key at the first `=`: a filter of such a name would slip through.
  if (first === undefined || group.length === 1 || config.some(([key]) => key.includes('='))) return 0;
  const guards = [...readingConfig, ...config];
  // As arguments too, because a git may take the configuration in the environment away from the processes that it starts.
  const guardArguments = guards.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const argv = ['for-each-repo', '--config=coppice.worktree', '--', ...guardArguments, ...statusArguments];
  const paths = group.map((worktree): ConfigEntry => ['coppice.worktree', worktree.path]);
  const ceilings = [...new Set(group.map((worktree) => dirname(worktree.path)))].join(delimiter);
  const splitter = new StatusSplitter();
  let told = 0;
  const tell = (output: string): void => {
    const worktree = group[told];
    if (worktree === undefined) return;
    told++;
    onStatus(worktree, output);
  };
  let isWhole = true;
  try {
    // From where no repository is: git would hand its own down to the others.
    await git.run(parse(first.path).root, argv, {
      trust: 'read',
      signal,
      config: [...config, ...paths],
      env: { GIT_CEILING_DIRECTORIES: ceilings },
      onOutput: (piece) => splitter.push(piece).forEach(tell),
    });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    isWhole = false;
  }
  const last = splitter.end();
  // After a failure nobody knows whether the last one was told to its end.
  if (last !== undefined && isWhole) tell(last);
  return told;
}
