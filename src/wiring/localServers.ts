import type { EmbeddedClusterProgram } from '../adapters/embedded/embeddedClusterProgram';
import type { EmbeddedPostgres } from '../adapters/postgres/embeddedPostgres';
import type { LocalServers } from '../app/cluster/localServers';
import type { Settings } from '../core/settings';

interface Parts {
  readonly settings: () => Settings;
  readonly embedded: () => Promise<EmbeddedClusterProgram>;
  readonly embeddedPostgres: () => Promise<EmbeddedPostgres>;
}

/** The servers that Coppice itself runs on this machine. */
export function localServers({ settings, embedded, embeddedPostgres }: Parts) {
  const servers: LocalServers = {
    stopCluster: async (signal, tell) => (await embedded()).stop(signal, tell),
    stopDatabases: async () => (await embeddedPostgres()).stop(),
    hasDatabases: async () => settings()['postgres.url'] === '' && (await embeddedPostgres()).exists(),
  };
  return {
    servers,
    /** Whether the database server answers; undefined: there is none of ours. */
    databasesRun: async (): Promise<boolean | undefined> => {
      if (!(await servers.hasDatabases())) return undefined;
      return (await (await embeddedPostgres()).probe()) !== undefined;
    },
  };
}
