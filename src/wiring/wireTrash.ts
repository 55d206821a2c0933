import type { Product } from '../app/product';
import { emptyTrash } from '../app/trash/emptyTrash';
import { listTrash } from '../app/trash/listTrash';
import type { TrashPorts } from '../app/trash/trashPorts';
import type { DatabaseServers } from './databaseServers';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** What deletes have kept, in the repository and on the database server. */
export function wireTrash(
  machine: Machine,
  connections: Connections,
  { databases }: Pick<DatabaseServers, 'databases'>,
): Product['trash'] {
  const ports = async (): Promise<TrashPorts> => {
    const { GitTrash } = await import('../adapters/git/gitTrash');
    return {
      ...(await machine.git()),
      trash: new GitTrash(machine.env),
      openDatabases: async (folder) => databases(await connections.at(folder)),
      settings: machine.settings,
    };
  };
  return { list: lazy(ports, listTrash), empty: lazy(ports, emptyTrash) };
}
