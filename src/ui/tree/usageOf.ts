import type { EnvironmentUsage } from '../../core/ports/usages';
import type { UiDependencies } from '../editor/dependencies';
import type { UsageOf } from './provider';

/** What environments use now, by namespace; undefined: nobody tells. One request. Rejects where the cluster does not answer. */
export type ReadUsages = () => Promise<ReadonlyMap<string, EnvironmentUsage> | undefined>;

/** Whoever points at a row sees what is known by then. Milliseconds. */
const usageTimeoutMs = 1000;

export function readUsages({ store, services }: Pick<UiDependencies, 'store' | 'services'>): ReadUsages {
  return async () => {
    const folder = store.snapshot.repository?.root;
    if (folder === undefined) return undefined;
    const told = await services.usage(folder, AbortSignal.timeout(usageTimeoutMs));
    return typeof told === 'string' ? undefined : told;
  };
}

export function usageOf(read: ReadUsages): UsageOf {
  return async (namespace) => (await read())?.get(namespace);
}
