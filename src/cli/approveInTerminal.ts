import { createInterface } from 'node:readline/promises';
import { environmentFileName } from '../core/environmentFile';
import { deedOf, type ApprovalQuestion, type Approve } from '../core/repositoryCommands';
import { printable } from './table';

export interface ApprovalOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const approvalOption = [
  '--yes',
  `approve what ${environmentFileName} runs on this machine, and copies`,
] as const;

/** Where a person is asked: what is printed on standard output stays clean. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** `--yes` answers at once; else a person is asked, where there is one. undefined: nobody can be. */
export function approveInTerminal(
  { yes, json }: ApprovalOptions,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Approve | undefined {
  if (yes) return async () => true;
  if (json || !input.isTTY || !output.isTTY) return undefined;
  return async (question, signal) => {
    output.write(questionText(question));
    const asking = createInterface({ input, output });
    // A terminal that is read line by line turns Ctrl-C into text.
    asking.once('SIGINT', () => process.emit('SIGINT'));
    // An input that ends is no yes.
    const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
    try {
      const answer = await Promise.race([asking.question('Approve them, and go on? [y/N] ', { signal }), ended]);
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      asking.close();
    }
  };
}

function questionText({ source, commands }: ApprovalQuestion): string {
  const lines = commands.map(({ place, text }) => `  ${printable(place)}: ${printable(text)}\n`);
  return `${environmentFileName} of ${printable(source)} ${deedOf(commands)}, with your rights:\n${lines.join('')}`;
}
