import { deleteByNamespace } from '../app/environment/delete/deleteByNamespace';
import type { DeletePorts } from '../app/environment/delete/deleteEnvironment';
import { everyEnvironment } from '../app/snapshot/everyEnvironment';
import { late } from './late';

/**
 * What is done from any folder with environments of any repository.
 *
 * @param ports of the cluster that the repository at hand uses; without one of the embedded cluster
 */
export function fromAnywhere(ports: () => Promise<DeletePorts>) {
  return {
    deleteByNamespace: late(ports, deleteByNamespace),
    everyEnvironment: async (signal: AbortSignal) => everyEnvironment(await ports(), signal),
  };
}
