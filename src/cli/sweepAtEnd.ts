import { collectedTexts } from '../app/cleanup/collectedText';
import { isAbort, toAppError } from '../core/errors';
import { type CliContext, withRun } from './context';
import { printable } from './table';

type Sweeping = Pick<CliContext, 'product' | 'now'>;

/** Once all is told, what is long deleted goes for good. Never rejects: what keeps it from going now is tried again. */
export async function sweepAtEnd(context: Sweeping, folder: string): Promise<void> {
  const { environments } = context.product;
  // Whoever has been told all waits for both: they hold locks where they meet.
  await Promise.all([
    withRun(true, (run) => environments.sweepTrash({ folder }, run)).catch(() => undefined),
    collectAtEnd(context, folder),
  ]);
}

/** Where that is switched on, what nobody uses is looked for, and told on standard error. Never rejects: nothing goes then. */
export async function collectAtEnd({ product, now }: Sweeping, folder: string): Promise<void> {
  try {
    const collected = await withRun(true, (run) => product.cleanup.collect({ folder, here: [folder] }, run));
    for (const text of collectedTexts(collected, now())) process.stderr.write(`! ${printable(text)}\n`);
  } catch (error) {
    if (!isAbort(error))
      process.stderr.write(`! What nobody uses was not looked for: ${printable(toAppError(error).message)}\n`);
  }
}
