import { createInterface } from 'node:readline/promises';

/** Where a person is asked: what is printed on standard output stays clean. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function ownTerminal(): Terminal {
  return { input: process.stdin, output: process.stderr };
}

/** Whether somebody is there who sees a question and can answer it. */
export function hasPerson({ input, output }: Terminal): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** Asks, after which only a yes is one. Rejects when the signal is aborted. */
export async function yesOrNo(question: string, signal: AbortSignal, { input, output }: Terminal): Promise<boolean> {
  const asking = createInterface({ input, output });
  // A terminal that is read line by line turns Ctrl-C into text.
  asking.once('SIGINT', () => process.emit('SIGINT'));
  // An input that ends is no yes.
  const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([asking.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
