import type { Loss } from '../core/errors';
import { plainLine, plural, shortened } from './text';

/** The name by which a person accepts a loss: "3 uncommitted files". */
export function lossName(loss: Loss): string {
  switch (loss.kind) {
    case 'uncommitted':
      return plural(loss.count, 'uncommitted file');
    case 'untracked':
      return plural(loss.count, 'untracked file');
    case 'ignored':
      return plural(loss.count, 'ignored file');
    case 'nested':
      return loss.count === 1 ? 'a repository or worktree within' : `${loss.count} repositories or worktrees within`;
    case 'unpushed':
      return plural(loss.count, 'unpushed commit');
    case 'submodule':
      return plural(loss.count, 'submodule commit');
    case 'operation':
      return 'the git operation in progress';
    case 'locked':
      return 'the lock';
    case 'database':
      return 'what was written to its database';
    case 'elsewhere':
      return 'sight of the environment in another cluster';
  }
}

/** The button that accepts all of them, each by its name: "Delete and lose 3 uncommitted files, 1 unpushed commit". */
export function lossButton(losses: readonly Loss[]): string {
  return `Delete and lose ${losses.map(lossName).join(', ')}`;
}

/** One line a loss, with examples. */
export function lossLines(losses: readonly Loss[]): string {
  return losses
    .map((loss) => {
      const examples = loss.examples.slice(0, 3).map((example) => shortened(plainLine(example), 60));
      const more = loss.count > examples.length && examples.length > 0 ? ', …' : '';
      const advice = loss.advice === undefined ? '' : ` (${plainLine(loss.advice)})`;
      return `• ${lossName(loss)}${examples.length > 0 ? `: ${examples.join(', ')}${more}` : ''}${advice}`;
    })
    .join('\n');
}
