import type { Loss } from '../errors';
import { plural } from '../text/plural';

/*
 * What would be lost, in words: the only ones, for the question in a window, for the message of an error and for a terminal.
 * Examples and advice are other people's text: who shows them takes out of them what their place would read as markup.
 */

/** The name by which a person knows a loss: "3 uncommitted changes". */
export function lossName({ kind, count }: Pick<Loss, 'kind' | 'count'>): string {
  switch (kind) {
    case 'uncommitted':
      return plural(count, 'uncommitted change');
    case 'untracked':
      return plural(count, 'untracked file');
    case 'ignored':
      return plural(count, 'ignored file');
    case 'nested':
      return plural(count, 'repository or worktree within', 'repositories or worktrees within');
    case 'unpushed':
      return plural(count, 'unpushed commit');
    case 'submodule':
      return plural(count, 'unpushed commit in submodules', 'unpushed commits in submodules');
    case 'operation':
      return 'the git operation in progress';
    case 'locked':
      return 'the lock';
    case 'database':
      return 'what was written to its database';
    case 'data':
      return 'what was written to services that it uses';
    case 'elsewhere':
      return 'sight of the environment in another cluster';
    case 'teardown':
      return 'what its teardown would do';
  }
}

/** Why a delete of this cannot be undone although there is a trash; undefined: it can. */
export function forGoodText(losses: readonly Loss[]): string | undefined {
  return losses.some(({ isForGood }) => isForGood)
    ? 'This cannot be undone: the worktree is on another file system than its repository.'
    : undefined;
}

/** All of them in one clause: "3 uncommitted changes, 1 unpushed commit". */
export function lossNames(losses: readonly Loss[]): string {
  return losses.map(lossName).join(', ');
}

/** "a.ts, b.ts and 4 more"; '' where there is no example. */
export function lossExamples({ kind, count, examples }: Loss): string {
  if (examples.length === 0) return '';
  // What is counted of a database are rows, and its examples are tables.
  const more = kind === 'database' || kind === 'data' ? 0 : count - examples.length;
  return `${examples.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
