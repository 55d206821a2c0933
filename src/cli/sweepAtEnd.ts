import { type CliContext, withRun } from './context';

/** Once all is told, what is long deleted goes for good. Never rejects: what keeps it from going now is tried again. */
export async function sweepAtEnd({ product }: Pick<CliContext, 'product'>, folder: string): Promise<void> {
  await withRun(true, (run) => product.environments.sweepTrash({ folder }, run)).catch(() => undefined);
}
