import { cleanUp } from '../app/cleanup/cleanUp';
import { collectUnused, type CollectPorts } from '../app/cleanup/collectUnused';
import { listCleanup } from '../app/cleanup/listCleanup';
import type { Product } from '../app/product';
import { lazy } from './lazy';
import { wireKeep } from './wireKeep';
import type { Machine } from './wireMachine';

/** What nobody uses any more: what protects it says the delete that removes it. */
export function wireCleanup(
  machine: Machine,
  environments: Pick<Product['environments'], 'lookAtDelete' | 'delete'>,
  snapshots: Pick<Product['snapshots'], 'read'>,
  services: Pick<Product['services'], 'usage'>,
): Product['cleanup'] {
  const ports = async (): Promise<CollectPorts> => {
    const [{ GitWorktreeFacts }, { HostFolderPrograms }] = await Promise.all([
      import('../adapters/git/gitWorktreeFacts'),
      import('../adapters/exec/hostFolderPrograms'),
    ]);
    return {
      ...(await machine.worktreePorts()),
      readSnapshot: (folder, signal) => snapshots.read(folder, signal),
      facts: new GitWorktreeFacts(machine.env),
      programs: new HostFolderPrograms(machine.env),
      visits: async (signal) => (await machine.embedded()).visits(signal),
      usage: services.usage,
      notices: await machine.cleanupNotices(),
      lookAtDelete: environments.lookAtDelete,
      delete: environments.delete,
      clock: machine.clock,
    };
  };
  return {
    list: lazy(ports, listCleanup),
    remove: lazy(ports, cleanUp),
    collect: lazy(ports, collectUnused),
    keep: wireKeep(machine),
  };
}
