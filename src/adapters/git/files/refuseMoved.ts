import { AppError } from '../../../core/errors';

/**
 * What is checked out is what was decided about, and whose commands were approved: a fetch may have moved the branch on since.
 *
 * @throws conflict
 */
export function refuseMoved(branch: string, decided: string, commit: string): void {
  if (commit === decided) return;
  throw new AppError(
    'conflict',
    `${branch} was moved from ${decided.slice(0, 7)} to ${commit.slice(0, 7)} just now, which nobody has looked at: nothing of it was run. Try again.`,
    { remedy: { title: 'Try Again', action: { kind: 'retry' } } },
  );
}
