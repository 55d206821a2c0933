import { queryDatabase } from '../app/environment/database/queryDatabase';
import { compareDatabases } from '../app/environment/database/compareDatabases';
import { returnDatabases } from '../app/cluster/localServers';
import { checkDatabaseServer } from '../app/databases/checkDatabaseServer';
import { databaseStatus } from '../app/databases/migrations/migrationStatus';
import { migrateDatabase } from '../app/environment/migrate/migrateDatabase';
import { databaseUrl } from '../app/environment/database/databaseUrl';
import { forkDatabase } from '../app/environment/database/forkDatabase';
import { latestRows } from '../app/environment/database/latestRows';
import { listDatabases } from '../app/environment/database/listDatabases';
import { protectDatabase } from '../app/environment/database/protectDatabase';
import { psqlProgram } from '../app/environment/database/psqlProgram';
import { resetDatabase, restoreSnapshot } from '../app/environment/database/replaceDatabase';
import {
  deleteKeptSnapshot,
  deleteSnapshot,
  listKeptSnapshots,
  listSnapshots,
  takeSnapshot,
} from '../app/environment/database/snapshots';
import { recipeAges, refreshTemplate } from '../app/environment/template/refreshTemplate';
import type { Product } from '../app/product';
import { callerVariables } from '../core/variables/callerVariables';
import type { ClusterConnections } from './connectTo';
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
  { databases, tables, schemas }: DatabaseServers,
  local: WiredServers,
): Product['databases'] {
  const serverPorts = async (place: InFolder) => ({
    ...(await connections.workloadPorts(place)),
    databases: await databases(await connections.at(place.folder)),
  });
  const tablePorts = async (to: ClusterConnections) => {
    const { GitRepositoryFiles } = await import('../adapters/git/gitRepositoryFiles');
    return { files: new GitRepositoryFiles(machine.env), tables: await tables(to) };
  };
  const templatePorts = async ({ folder }: InFolder) => {
    const to = await connections.at(folder);
    return {
      ...(await machine.worktreePorts()),
      ...(await machine.host()),
      ...(await machine.approvalPorts()),
      ...(await tablePorts(to)),
      cluster: { identity: to.identity },
      openCluster: () => to.cluster(),
      environmentFiles: await machine.environmentFiles(),
      databases: await databases(to),
    };
  };
  const statusPorts = async ({ folder }: InFolder) => {
    return {
      ...(await machine.worktreePorts()),
      ...(await tablePorts(await connections.at(folder))),
      environmentFiles: await machine.environmentFiles(),
    };
  };
  const migratePorts = async (place: InFolder) => {
    const to = await connections.at(place.folder);
    return {
      ...(await statusPorts(place)),
      ...(await machine.git()),
      ...(await machine.host()),
      ...(await machine.approvalPorts()),
      cluster: await to.cluster(),
      databases: await databases(to),
    };
  };
  const snapshotPorts = async (place: InFolder) => ({
    ...(await connections.wakePorts(place)),
    callerVariables: callerVariables(machine.env),
    databases: await databases(await connections.at(place.folder)),
  });
  const urlPorts = async ({ folder }: InFolder) => {
    const to = await connections.at(folder);
    return { ...(await machine.worktreePorts()), cluster: await to.cluster(), databases: await databases(to) };
  };
  const comparePorts = async ({ folder }: InFolder) => {
    const to = await connections.at(folder);
    return {
      ...(await machine.worktreePorts()),
      cluster: { identity: to.identity },
      environmentFiles: await machine.environmentFiles(),
      schemas: await schemas(to),
    };
  };
  const queryPorts = async (place: InFolder) => {
    const { PostgresQueries } = await import('../adapters/postgres/postgresQueries');
    return { ...(await urlPorts(place)), queries: new PostgresQueries() };
  };
  const rowsPorts = async (place: InFolder) => {
    const { PostgresLatestRows } = await import('../adapters/postgres/postgresLatestRows');
    return { ...(await urlPorts(place)), rows: new PostgresLatestRows() };
  };
  const psqlPorts = async (place: InFolder) => ({
    ...(await urlPorts(place)),
    findPsql: async (folders: readonly string[]) => {
      const { findPsql } = await import('../adapters/postgres/findPsql');
      return findPsql(machine.settings()['postgres.binaries'], machine.env, folders);
    },
  });
  const resetPorts = async (place: InFolder) => ({ ...(await templatePorts(place)), ...(await snapshotPorts(place)) });
  return {
    status: lazy(statusPorts, databaseStatus),
    migrate: lazy(migratePorts, migrateDatabase),
    checkServer: lazy(serverPorts, checkDatabaseServer),
    refreshTemplate: lazy(templatePorts, refreshTemplate),
    listSnapshots: lazy(snapshotPorts, listSnapshots),
    takeSnapshot: lazy(snapshotPorts, takeSnapshot),
    listKeptSnapshots: lazy(urlPorts, listKeptSnapshots),
    deleteKeptSnapshot: lazy(urlPorts, deleteKeptSnapshot),
    restoreSnapshot: lazy(snapshotPorts, restoreSnapshot),
    reset: lazy(resetPorts, (ports) => resetDatabase(ports)),
    fork: lazy(snapshotPorts, forkDatabase),
    deleteSnapshot: lazy(snapshotPorts, deleteSnapshot),
    url: lazy(urlPorts, databaseUrl),
    psql: lazy(psqlPorts, psqlProgram),
    query: lazy(queryPorts, queryDatabase),
    latestRows: lazy(rowsPorts, latestRows),
    compare: lazy(comparePorts, compareDatabases),
    list: lazy(urlPorts, listDatabases),
    protect: lazy(snapshotPorts, protectDatabase),
    recipeAges: async (folder, signal) => recipeAges(await templatePorts({ folder }))(folder, signal),
    returnServer: lazy(local.ports, returnDatabases),
  };
}
