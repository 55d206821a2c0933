import type { Loss } from '../../core/errors';
import { lossExamples, lossName, lossNames } from '../../core/worktrees/lossText';
import { plainLine, shortened } from '../editor/text';

/** The button that accepts all of them, each by its name: "Delete and lose 3 uncommitted changes, 1 unpushed commit". */
export function lossButton(losses: readonly Loss[]): string {
  return `Delete and lose ${lossNames(losses)}`;
}

/** One line a loss, with examples. */
export function lossLines(losses: readonly Loss[]): string {
  return losses
    .map((loss) => {
      const examples = loss.examples.map((example) => shortened(plainLine(example), 60));
      const told = lossExamples({ ...loss, examples });
      const advice = loss.advice === undefined ? '' : ` (${plainLine(loss.advice)})`;
      return `• ${lossName(loss)}${told === '' ? '' : `: ${told}`}${advice}`;
    })
    .join('\n');
}
