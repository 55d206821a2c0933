import { environmentFileName } from '../core/environmentFile';
import { deedOf, type ApprovalQuestion, type Approve } from '../core/repositoryCommands';
import { printable } from './table';
import { hasPerson, ownTerminal, yesOrNo, type Terminal } from './yesOrNo';

export interface ApprovalOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const approvalOption = [
  '--yes',
  `approve what ${environmentFileName} runs on this machine, and copies`,
] as const;

/** `--yes` answers at once; else a person is asked, where there is one. undefined: nobody can be. */
export function approveInTerminal(
  { yes, json }: ApprovalOptions,
  terminal: Terminal = ownTerminal(),
): Approve | undefined {
  if (yes) return async () => true;
  if (json || !hasPerson(terminal)) return undefined;
  return async (question, signal) => {
    terminal.output.write(questionText(question));
    return yesOrNo('Approve them, and go on?', signal, terminal);
  };
}

function questionText({ source, commands }: ApprovalQuestion): string {
  const lines = commands.map(({ place, text }) => `  ${printable(place)}: ${printable(text)}\n`);
  return `${environmentFileName} of ${printable(source)} ${deedOf(commands)}, with your rights:\n${lines.join('')}`;
}
