import type { ObjectStore } from '../store/objectStore';
import type { ContainerUse } from './podUsage';

/** Whose an environment is. */
const REPOSITORY = 'coppice.dev/repository';

/**
 * As much memory as the smallest environment of the same repository uses that runs, in bytes: one like it uses that at the least. Memory
 * that processes share is counted for each. undefined: none runs. Rejects when the system does not tell.
 */
export async function leastMemory(
  objects: ObjectStore,
  usage: { read(): Promise<readonly Pick<ContainerUse, 'podUid' | 'memoryBytes'>[]> },
  namespace: string,
): Promise<number | undefined> {
  const labelOf = (name: string): string | undefined =>
    objects.get('Namespace', undefined, name)?.metadata.labels?.[REPOSITORY];
  const repository = labelOf(namespace);
  if (repository === undefined) return undefined;
  const used = new Map<string, number>();
  for (const { podUid, memoryBytes } of await usage.read()) used.set(podUid, (used.get(podUid) ?? 0) + memoryBytes);
  const sums = new Map<string, number>();
  for (const { metadata } of objects.list('Pod').items) {
    const bytes = used.get(metadata.uid ?? '');
    const of = metadata.namespace ?? '';
    if (bytes !== undefined && of !== namespace && labelOf(of) === repository)
      sums.set(of, (sums.get(of) ?? 0) + bytes);
  }
  return sums.size === 0 ? undefined : Math.min(...sums.values());
}
