import type { RecordKind } from '@coppice/host/migrateRecord';
import type { LocalClusterRecord } from '../ports/localClusters';

/** `k3d/NAME.json` in COPPICE_HOME: what k3d does not remember of a cluster that Coppice made. */
export const localClusterRecord: RecordKind<LocalClusterRecord> = {
  version: 1,
  steps: {},
  problem: ({ name, mark, httpPort, registry, folders, state, access }) => {
    const isWhole =
      typeof name === 'string' &&
      typeof mark === 'string' &&
      typeof httpPort === 'number' &&
      typeof registry === 'string' &&
      Array.isArray(folders) &&
      (state === 'creating' || (state === 'created' && access !== undefined));
    return isWhole ? undefined : 'it does not say all of the cluster';
  },
};
