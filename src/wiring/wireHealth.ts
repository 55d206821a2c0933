import { homedir } from 'node:os';
import { checkHealth, type HealthPorts } from '../app/health/checkHealth';
import type { Product } from '../app/product';
import { readReach, type ReachPorts } from '../app/reach/readReach';
import type { DatabaseServers } from './databaseServers';
import { helmProgram } from './helmProgram';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

type Asked = Pick<Product, 'environments' | 'trash' | 'clusters' | 'databases' | 'snapshots'> & {
  readonly services: Pick<Product['services'], 'urlTrouble'>;
  readonly planSandbox: ReachPorts['planSandbox'];
};

/** What is looked at when somebody asks how all is, and what puts it right. */
export function wireHealth(
  machine: Machine,
  connections: Connections,
  servers: Pick<DatabaseServers, 'databases'>,
  asked: Asked,
): Product['health'] {
  const { home, env, settings } = machine;
  const { environments, trash, clusters, databases, snapshots, services, planSandbox } = asked;
  const ports = async (): Promise<HealthPorts> => {
    const { HostMachineHealth } = await import('../adapters/exec/hostMachineHealth');
    const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return {
      home,
      machine: new HostMachineHealth({
        userFolder: homedir(),
        env: Object.fromEntries(defined),
        programs: async () => {
          const helm = settings()['helm.path'] || (await helmProgram(machine));
          return [
            { name: 'git', call: ['git', '--version'], isNeeded: true },
            { name: 'Helm', call: [helm, 'version', '--short'], isNeeded: true },
            { name: 'Docker', call: ['docker', '--version'], isNeeded: false },
            { name: 'k3d', call: ['k3d', '--version'], isNeeded: false },
          ];
        },
      }),
      readSnapshot: (folder, signal) => snapshots.read(folder, signal),
      clusterStatus: (signal) => clusters.status(undefined, signal),
      clock: machine.clock,
      trash: (folder, signal) =>
        trash.list({ folder, sizeWithinMs: 5_000, filesOnly: true }, { signal, report: () => undefined }),
      leftDatabases: (folder, signal) => trash.leftDatabases(folder, signal),
      databaseServer: async (signal) => (await servers.databases(await connections.current())).facts(signal),
      clusterTime: async (signal) => {
        const { clusterTime } = await import('../adapters/kubernetes/clusterTime');
        return clusterTime((await (await connections.current()).cluster()).connection, signal);
      },
      every: (folder, signal) => environments.every(folder, signal),
      urlTrouble: (url) => services.urlTrouble(url),
      fixes: {
        startCluster: (run) => clusters.start({}, run),
        returnDatabases: (run) => databases.returnServer(undefined, run),
      },
    };
  };
  const reached = async (): Promise<ReachPorts> => {
    const { HostReachable } = await import('../adapters/exec/hostReachable');
    return {
      readSnapshot: (folder, signal) => snapshots.read(folder, signal),
      variables: (folder, signal) => environments.variables(folder, signal),
      reachable: new HostReachable(),
      planSandbox,
      ...{ paths: machine.paths, homeFolder: homedir(), env },
    };
  };
  return { check: lazy(ports, checkHealth), reach: lazy(reached, readReach) };
}
