import { AppError } from '../core/errors';
import { withRun } from './context';
import { printable } from './table';
import { hasPerson, ownTerminal, yesOrNo, type Terminal } from './yesOrNo';

export interface ConfirmOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Names what goes for good, and asks for it; `--yes` answers at once.
 *
 * @throws conflict where the answer is no, and where nobody can be asked
 */
export async function confirmLoss(
  going: readonly string[],
  { yes, json }: ConfirmOptions,
  terminal: Terminal = ownTerminal(),
): Promise<void> {
  if (yes) return;
  if (json || !hasPerson(terminal))
    throw new AppError(
      'conflict',
      'Nothing was removed: what goes for good is asked for first, and --yes answers that.',
      { explanation: going.join('\n') },
    );
  const lines = going.map((text) => `  ${printable(text)}\n`);
  terminal.output.write(`Removed for good, and no undo brings it back:\n${lines.join('')}`);
  const isMeant = await withRun(true, ({ signal }) => yesOrNo('Remove this for good?', signal, terminal));
  if (!isMeant) throw new AppError('conflict', 'Nothing was removed.');
}
