import { devNull } from 'node:os';
import { delimiter, dirname, parse } from 'node:path';
import type { Worktree } from '../../core/model';
import { GitFailure, type Git } from './git';
import type { ConfigEntry } from './gitEnvironment';
import { splitStatuses } from './parseStatus';
import { statusConcurrency } from './statusConcurrency';

/** As fast as twice that, and the first statuses are there in half the time. */
const largestGroup = 5;

/** So that every core has work to the end, and the first statuses come soon. */
export function groupsOf(worktrees: readonly Worktree[]): Worktree[][] {
  const size = Math.max(1, Math.min(largestGroup, Math.ceil(worktrees.length / (2 * statusConcurrency))));
  const groups: Worktree[][] = [];
  for (let start = 0; start < worktrees.length; start += size) groups.push(worktrees.slice(start, start + size));
  return groups;
}

/**
 * The status of several worktrees through one child process, which starts the others: starting a process costs this one
 * milliseconds in which it can do nothing else. `git for-each-repo` ends at the first that fails; where it does, or is not to be
 * had (git 2.30), or changes (it is called experimental), outputs are missing, and the caller asks one by one.
 *
 * @returns outputs in the order of the worktrees, from the first on, as many as there are
 */
export async function groupStatus(
  git: Git,
  group: readonly Worktree[],
  statusArguments: readonly string[],
  config: readonly ConfigEntry[],
  signal?: AbortSignal,
): Promise<string[]> {
  const first = group[0];
  // `-c` ends a key at the first `=`: a filter of such a name would slip through.
  if (first === undefined || group.length === 1 || config.some(([key]) => key.includes('='))) return [];
  const guards: ConfigEntry[] = [['core.fsmonitor', 'false'], ['core.hooksPath', devNull], ...config];
  // As arguments too, because a git may take the configuration in the environment away from the processes that it starts.
  const guardArguments = guards.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const argv = ['for-each-repo', '--config=coppice.worktree', '--', ...guardArguments, ...statusArguments];
  const paths = group.map((worktree): ConfigEntry => ['coppice.worktree', worktree.path]);
  const ceilings = [...new Set(group.map((worktree) => dirname(worktree.path)))].join(delimiter);
  const output = await git
    // From where no repository is: git would hand its own down to the others.
    .run(parse(first.path).root, argv, {
      trust: 'read',
      signal,
      config: [...config, ...paths],
      env: { GIT_CEILING_DIRECTORIES: ceilings },
    })
    .catch((error: unknown) => {
      if (error instanceof GitFailure) return error.stdout;
      throw error;
    });
  const outputs = splitStatuses(output);
  return outputs.length > group.length ? [] : outputs;
}
