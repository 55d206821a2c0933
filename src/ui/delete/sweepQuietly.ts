import type { UiDependencies } from '../editor/dependencies';

/** What is long deleted goes for good, once nobody waits for it. Never rejects: what keeps it from going now is tried again. */
export async function sweepQuietly(
  { environments, log }: Pick<UiDependencies, 'environments' | 'log'>,
  folder: string,
): Promise<void> {
  const run = { signal: new AbortController().signal, report: () => undefined };
  await environments.sweepTrash({ folder }, run).catch((error: unknown) => {
    log.debug(`The trash of ${folder} was not swept: ${String(error)}`);
  });
}
