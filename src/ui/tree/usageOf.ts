import type { UiDependencies } from '../editor/dependencies';
import type { UsageOf } from './provider';

/** Whoever points at a row sees what is known by then. Milliseconds. */
const usageTimeoutMs = 1000;

export function usageOf({ store, services }: Pick<UiDependencies, 'store' | 'services'>): UsageOf {
  return async (namespace) => {
    const folder = store.snapshot.repository?.root;
    if (folder === undefined) return undefined;
    const told = await services.usage(folder, AbortSignal.timeout(usageTimeoutMs));
    return typeof told === 'string' ? undefined : told.get(namespace);
  };
}
