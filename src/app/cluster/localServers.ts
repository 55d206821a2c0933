import { renewDatabaseUrls, type RenewPorts } from './renewDatabaseUrls';
import type { UseCase } from '../run';

/** The servers that Coppice itself runs on this machine. */
export interface LocalServers {
  /** @returns whether it ran */
  stopCluster(signal: AbortSignal): Promise<boolean>;
  stopDatabases(signal: AbortSignal): Promise<boolean>;
  /** Whether a database server of ours was ever made: one that has nothing to serve is not started. */
  hasDatabases(): Promise<boolean>;
}

/** Databases first: services that start before them would only crash. */
export function startServers(ports: RenewPorts & { readonly servers: LocalServers }): UseCase<void, void> {
  return async (_, run) => {
    const { signal } = run;
    const hasDatabases = await ports.servers.hasDatabases();
    if (hasDatabases) await ports.databases.connect(signal);
    await ports.cluster.connect(signal);
    if (hasDatabases) await renewDatabaseUrls(ports, run);
  };
}

/** Services first, for the same reason. */
export function stopServers(servers: LocalServers): UseCase<void, { cluster: boolean; databases: boolean }> {
  return async (_, { signal }) => ({
    cluster: await servers.stopCluster(signal),
    databases: await servers.stopDatabases(signal),
  });
}
