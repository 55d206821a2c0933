import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { clusterFiles } from '@coppice/cluster/contract';
import { chooseCluster, type ChooseClusterPorts } from '../app/cluster/chooseCluster';
import { clusterByName } from '../app/cluster/clusterByName';
import { clusterOptions } from '../app/cluster/clusterOptions';
import { clusterStatus } from '../app/cluster/clusterStatus';
import { clusterContents, deleteCluster, type DeleteClusterPorts } from '../app/cluster/deleteCluster';
import { startServers, stopServers } from '../app/cluster/localServers';
import { recordChoice } from '../app/cluster/recordChoice';
import { setUpCluster, type SetUpPorts } from '../app/cluster/setUpCluster';
import { startCluster } from '../app/cluster/startCluster';
import { stopCluster } from '../app/cluster/stopCluster';
import type { Product } from '../app/product';
import { withBriefLock } from '../app/run/withLock';
import type { ChosenCluster } from '../core/ports/clusters';
import type { DatabaseServers } from './databaseServers';
import { kubeconfigsOf } from './hostPaths';
import { lazy } from './lazy';
import type { WiredServers } from './localServers';
import { once } from './once';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** Choosing, setting up, starting, stopping and deleting clusters. */
export function wireClusters(
  machine: Machine,
  connections: Connections,
  { databases }: DatabaseServers,
  local: WiredServers,
): Product['clusters'] {
  const { home, env, clock, paths, settings, git, host, choicePorts, localRecords, embedded } = machine;
  const k3d = once(async () => {
    const [{ K3dClusters }, { LocalReadiness }, records] = await Promise.all([
      import('../adapters/k3d/k3dClusters'),
      import('../adapters/kubernetes/localReadiness'),
      localRecords(),
    ]);
    const localClusters = new K3dClusters({ folder: join(home, 'k3d'), env });
    return { localClusters, localRecords: records, readiness: new LocalReadiness() };
  });
  const clusterOf = (chosen: ChosenCluster) => connections.to(chosen).cluster();
  const probe = async (chosen: ChosenCluster, signal: AbortSignal) => (await clusterOf(chosen)).probe(signal);
  const named = async (name: string | undefined): Promise<ChosenCluster> =>
    name === undefined
      ? (await connections.current()).chosen
      : clusterByName({ ...(await choicePorts()), localRecords: await localRecords() }, name);

  const choosePorts = async (): Promise<ChooseClusterPorts> => {
    const { FileKubeContexts } = await import('../adapters/kubernetes/connection/fileKubeContexts');
    return {
      ...(await git()),
      ...(await choicePorts()),
      contexts: new FileKubeContexts(),
      localRecords: await localRecords(),
      kubeconfigs: () => kubeconfigsOf(settings(), env),
      embeddedKubeconfig: join(home, 'cluster', clusterFiles.kubeconfig),
      settings,
    };
  };
  const setUpPorts = async (): Promise<SetUpPorts> => {
    const [known, { ports }, { choices }] = await Promise.all([git(), host(), choicePorts()]);
    const choose = recordChoice({ choices, locks: known.locks });
    return { ...known, ports, ...(await k3d()), paths, clock, settings, newMark: randomUUID, choose };
  };
  const deletePorts = async (): Promise<DeleteClusterPorts> => {
    const [known, { choices }] = await Promise.all([git(), choicePorts()]);
    return {
      ...known,
      ...(await k3d()),
      clock,
      // Pods reach no server on this machine's loopback: theirs is the one that the setting names, or in the cluster.
      databases: settings()['postgres.url'] === '' ? undefined : await databases(),
      namespacesIn: async ({ identity, kubeconfig }, signal) => {
        const cluster = await clusterOf({ identity, kubeconfigs: [kubeconfig] });
        return (await cluster.probe(signal)) ? cluster.listNamespaces(signal) : undefined;
      },
      forget: async (identity) =>
        withBriefLock(known.locks, 'clusters', 'a cluster is being forgotten', AbortSignal.timeout(30_000), () =>
          choices.forget(identity),
        ),
    };
  };

  return {
    status: async (name, signal) => {
      const ports = {
        localRecords: await localRecords(),
        lookEmbedded: async (until: AbortSignal) => (await embedded()).look(until),
        databasesRun: local.databasesRun,
        temporalTrouble: async () => (await host()).temporal.trouble(),
        stateTrouble: async (chosen: ChosenCluster) => (await clusterOf(chosen)).stateTrouble(signal),
        probe,
      };
      return clusterStatus(ports, await named(name), signal);
    },
    options: async (folder, signal) => clusterOptions(await choosePorts())(folder, signal),
    choose: lazy(choosePorts, chooseCluster),
    setUp: lazy(setUpPorts, setUpCluster),
    start: async ({ name }, run) => {
      const chosen = await named(name);
      const { ports } = await host();
      const startEmbedded = lazy(local.ports, startServers);
      const answers = async (signal: AbortSignal) => (await probe(chosen, signal)) !== undefined;
      return startCluster({ ports, ...(await k3d()), startEmbedded, answers })(chosen.identity, run);
    },
    stop: async ({ name }, run) => {
      const { identity } = await named(name);
      return stopCluster({ ...(await k3d()), stopEmbedded: stopServers(local.servers) })(identity, run);
    },
    contents: lazy(deletePorts, clusterContents),
    delete: lazy(deletePorts, deleteCluster),
    local: async () => (await localRecords()).all(),
    gatewayPort: async () => (await (await embedded()).find())?.gatewayPort,
  };
}
