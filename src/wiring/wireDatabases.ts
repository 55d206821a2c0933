import { returnDatabases } from '../app/cluster/localServers';
import { checkDatabaseServer } from '../app/databases/checkDatabaseServer';
import { recipeAges, refreshTemplate } from '../app/environment/template/refreshTemplate';
import type { Product } from '../app/product';
import type { DatabaseServers } from './databaseServers';
import { lazy } from './lazy';
import type { WiredServers } from './localServers';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

interface InFolder {
  readonly folder: string;
}

/** Templates, and the server that they are on. */
export function wireDatabases(
  machine: Machine,
  connections: Connections,
  { databases }: DatabaseServers,
  local: WiredServers,
): Product['databases'] {
  const serverPorts = async (place: InFolder) => ({
    ...(await connections.workloadPorts(place)),
    databases: await databases(await connections.at(place.folder)),
  });
  const templatePorts = async ({ folder }: InFolder) => {
    const to = await connections.at(folder);
    return {
      ...(await machine.worktreePorts()),
      ...(await machine.host()),
      ...(await machine.approvalPorts()),
      cluster: { identity: to.identity },
      openCluster: () => to.cluster(),
      environmentFiles: await machine.environmentFiles(),
      databases: await databases(to),
    };
  };
  return {
    checkServer: lazy(serverPorts, checkDatabaseServer),
    refreshTemplate: lazy(templatePorts, refreshTemplate),
    recipeAges: async (folder, signal) => recipeAges(await templatePorts({ folder }))(folder, signal),
    returnServer: lazy(local.ports, returnDatabases),
  };
}
