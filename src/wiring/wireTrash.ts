import type { Product } from '../app/product';
import { emptyTrash } from '../app/trash/emptyTrash';
import { listTrash } from '../app/trash/listTrash';
import { dropSpareDatabase, findSpareDatabase, type DatabasePorts } from '../app/trash/dropKeptDatabase';
import { leftKept } from '../app/trash/leftKept';
import type { TrashPorts } from '../app/trash/trashPorts';
import { traitsOf } from '../core/clusterTraits';
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
  const ports = async (): Promise<TrashPorts & DatabasePorts> => {
    const { GitTrash } = await import('../adapters/git/gitTrash');
    return {
      ...(await machine.git()),
      trash: new GitTrash(machine.env),
      openDatabases: async (folder: string) => databases(await connections.at(folder)),
      settings: machine.settings,
    };
  };
  /** From anywhere: a repository may be gone. */
  const portsFromAnywhere = async (): Promise<DatabasePorts> => ({
    ...(await machine.git()),
    openDatabases: async () => databases(await connections.current()),
  });
  return {
    list: lazy(ports, listTrash),
    empty: lazy(ports, emptyTrash),
    findDatabase: lazy(portsFromAnywhere, findSpareDatabase),
    dropDatabase: lazy(portsFromAnywhere, dropSpareDatabase),
    leftDatabases: async (folder, signal) => {
      const { identity } = await connections.current();
      const { openDatabases } = await portsFromAnywhere();
      // A server that a setting names, and one of a cluster, may serve other machines.
      const isOwnServer = traitsOf(identity).isProcess && machine.settings()['postgres.url'] === '';
      const kept = async (within: AbortSignal) => (await openDatabases('')).listKept(within);
      return leftKept({ ...(await ports()), kept, isOwnServer }, folder, signal);
    },
  };
}
