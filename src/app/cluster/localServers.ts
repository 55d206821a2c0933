import { renewDatabaseUrls, type RenewPorts } from './renewDatabaseUrls';
import type { Run, UseCase } from '../run/run';

/** The servers that Coppice itself runs on this machine. */
export interface LocalServers {
  /**
   * Ends it, also when it does not answer.
   *
   * @param tell hears how far it is
   * @returns whether it ran
   */
  stopCluster(signal: AbortSignal, tell: (line: string) => void): Promise<boolean>;
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
    await ports.cluster.connect(signal, teller(run, 'Start the cluster'));
    if (hasDatabases) await renewDatabaseUrls(ports, run);
  };
}

/**
 * Starts a database server that has died, and tells the environments should its address be another. A cluster that does not run is left
 * alone: this is what it calls itself, and it may be about to end.
 */
export function returnDatabases(ports: RenewPorts & { readonly servers: LocalServers }): UseCase<void, void> {
  return async (_, run) => {
    if (!(await ports.servers.hasDatabases())) return;
    await ports.databases.connect(run.signal);
    if (await ports.cluster.probe(run.signal)) await renewDatabaseUrls(ports, run);
  };
}

/** Services first, for the same reason. */
export function stopServers(servers: LocalServers): UseCase<void, { cluster: boolean; databases: boolean }> {
  return async (_, run) => ({
    cluster: await servers.stopCluster(run.signal, teller(run, 'Stop the cluster')),
    databases: await servers.stopDatabases(run.signal),
  });
}

function teller({ report }: Run, title: string): (line: string) => void {
  return (detail) => report({ step: 'cluster', title, state: 'running', detail, finished: 0, total: 1 });
}
