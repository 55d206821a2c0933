import { AppError, type Loss } from '../../../core/errors';
import { forGoodText, lossExamples, lossNames } from '../../../core/worktrees/lossText';

/** @param name of the worktree or environment that is deleted */
export function wouldLose(name: string, losses: readonly Loss[]): AppError {
  return new AppError('conflict', `Deleting ${name} would lose ${lossNames(losses)}.`, {
    losses,
    explanation: [...losses.flatMap(explain), forGoodText(losses) ?? []].flat().join('\n'),
  });
}

/** By the name that `--discard` takes. */
function explain(loss: Loss): string[] {
  return [`${loss.kind}: ${lossExamples(loss)}`, ...(loss.advice === undefined ? [] : [`  ${loss.advice}`])];
}
