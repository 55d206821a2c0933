import { embeddedCluster } from '../app/cluster/chosenCluster';
import type { LocalServers } from '../app/cluster/localServers';
import type { DatabaseServers } from './databaseServers';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

export type WiredServers = ReturnType<typeof localServers>;

/** The servers that Coppice itself runs on this machine: the embedded cluster and its environments' databases. */
export function localServers(
  { settings, embedded, git }: Machine,
  connections: Connections,
  { databases, embeddedPostgres }: DatabaseServers,
) {
  const servers: LocalServers = {
    stopCluster: async (signal, tell) => (await embedded()).stop(signal, tell),
    stopDatabases: async () => (await embeddedPostgres()).stop(),
    hasDatabases: async () => settings()['postgres.url'] === '' && (await embeddedPostgres()).exists(),
  };
  return {
    servers,
    /** For what starts them, or brings one back. */
    ports: async () => {
      const to = connections.to(embeddedCluster);
      const [cluster, workloads] = await Promise.all([to.cluster(), to.workloads()]);
      return { cluster, workloads, databases: await databases(), locks: (await git()).locks, servers };
    },
    /** Whether the database server answers; undefined: there is none of ours. */
    databasesRun: async (): Promise<boolean | undefined> => {
      if (!(await servers.hasDatabases())) return undefined;
      return (await (await embeddedPostgres()).probe()) !== undefined;
    },
  };
}
