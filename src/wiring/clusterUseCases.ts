import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ChoicePorts } from '../app/cluster/chosenCluster';
import { clusterByName } from '../app/cluster/clusterByName';
import { clusterStatus, type ClusterStatusPorts } from '../app/cluster/clusterStatus';
import { clusterContents, deleteCluster, type DeleteClusterPorts } from '../app/cluster/deleteCluster';
import { recordChoice } from '../app/cluster/recordChoice';
import type { UseCase } from '../app/run/run';
import { setUpCluster, type SetUpPorts } from '../app/cluster/setUpCluster';
import { startCluster } from '../app/cluster/startCluster';
import { stopCluster, type StoppedCluster } from '../app/cluster/stopCluster';
import { urlTrouble } from '../app/services/urlTrouble';
import { withBriefLock } from '../app/run/withLock';
import type { Cluster } from '../core/ports/cluster';
import type { ChosenCluster } from '../core/ports/clusters';
import type { Databases } from '../core/ports/databases';
import type { Clock, Locks, Paths, Ports } from '../core/ports/host';
import type { LocalClusterRecords } from '../core/ports/localClusters';
import type { Identities, Worktrees } from '../core/ports/worktrees';
import type { Settings } from '../core/settings';
import { late } from './late';
import { once } from './once';

/** What `wireProduct` has made of the rest. */
export interface ClusterParts {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly paths: Paths;
  readonly settings: () => Settings;
  readonly git: () => Promise<{
    readonly worktrees: Worktrees;
    readonly identities: Identities;
    readonly locks: Locks;
  }>;
  readonly host: () => Promise<{ readonly ports: Ports }>;
  readonly databases: () => Promise<Databases>;
  readonly choicePorts: () => Promise<ChoicePorts>;
  readonly localRecords: () => Promise<LocalClusterRecords>;
  readonly clusterOf: (chosen: ChosenCluster) => Promise<Cluster>;
  /** What the repository that all this is about uses. */
  readonly current: () => Promise<ChosenCluster>;
  readonly lookEmbedded: ClusterStatusPorts['lookEmbedded'];
  readonly databasesRun: ClusterStatusPorts['databasesRun'];
  readonly startEmbedded: UseCase<void, void>;
  readonly stopEmbedded: UseCase<void, StoppedCluster>;
}

/** A cluster by its name; undefined: the repository's own. */
interface NamedCluster {
  readonly name?: string | undefined;
}

/** Setting up, starting, stopping and deleting clusters. */
export function clusterUseCases(parts: ClusterParts) {
  const k3d = once(async () => {
    const [{ K3dClusters }, { LocalReadiness }, localRecords] = await Promise.all([
      import('../adapters/k3d/k3dClusters'),
      import('../adapters/kubernetes/localReadiness'),
      parts.localRecords(),
    ]);
    const localClusters = new K3dClusters({ folder: join(parts.home, 'k3d'), env: parts.env });
    return { localClusters, localRecords, readiness: new LocalReadiness() };
  });
  const named = async (name: string | undefined): Promise<ChosenCluster> =>
    name === undefined
      ? parts.current()
      : clusterByName({ ...(await parts.choicePorts()), localRecords: await parts.localRecords() }, name);

  const setUpPorts = async (): Promise<SetUpPorts> => {
    const [git, host, { choices }] = await Promise.all([parts.git(), parts.host(), parts.choicePorts()]);
    return {
      ...git,
      ...host,
      ...(await k3d()),
      paths: parts.paths,
      clock: parts.clock,
      settings: parts.settings,
      newMark: randomUUID,
      choose: recordChoice({ choices, locks: git.locks }),
    };
  };
  const deletePorts = async (): Promise<DeleteClusterPorts> => {
    const [git, { choices }] = await Promise.all([parts.git(), parts.choicePorts()]);
    // Pods reach no server on this machine's loopback: theirs is the one that the setting names, or in the cluster.
    const databases = parts.settings()['postgres.url'] === '' ? undefined : await parts.databases();
    return {
      ...git,
      ...(await k3d()),
      databases,
      clock: parts.clock,
      namespacesIn: async ({ identity, kubeconfig }, signal) => {
        const cluster = await parts.clusterOf({ identity, kubeconfigs: [kubeconfig] });
        return (await cluster.probe(signal)) ? cluster.listNamespaces(signal) : undefined;
      },
      forget: async (identity) =>
        withBriefLock(git.locks, 'clusters', 'a cluster is being forgotten', AbortSignal.timeout(30_000), () =>
          choices.forget(identity),
        ),
    };
  };
  const startCommand: UseCase<NamedCluster, void> = async ({ name }, run) => {
    const chosen = await named(name);
    const ports = {
      ...(await parts.host()),
      ...(await k3d()),
      startEmbedded: parts.startEmbedded,
      answers: async (signal: AbortSignal) => (await (await parts.clusterOf(chosen)).probe(signal)) !== undefined,
    };
    return startCluster(ports)(chosen.identity, run);
  };
  const stopCommand: UseCase<NamedCluster, StoppedCluster> = async ({ name }, run) => {
    const { identity } = await named(name);
    return stopCluster({ ...(await k3d()), stopEmbedded: parts.stopEmbedded })(identity, run);
  };

  return {
    setUpCluster: late(setUpPorts, setUpCluster),
    startCluster: startCommand,
    stopCluster: stopCommand,
    clusterContents: late(deletePorts, clusterContents),
    deleteCluster: late(deletePorts, deleteCluster),
    /** Without a name that of the repository's cluster. */
    clusterStatus: async (name: string | undefined, signal: AbortSignal) => {
      const probe = async (one: ChosenCluster) => (await parts.clusterOf(one)).probe(signal);
      const ports = {
        localRecords: await parts.localRecords(),
        ...{ lookEmbedded: parts.lookEmbedded, databasesRun: parts.databasesRun },
        stateTrouble: async (one: ChosenCluster) => (await parts.clusterOf(one)).stateTrouble(signal),
        probe,
      };
      return clusterStatus(ports, await named(name), signal);
    },
    /** Why a URL of the repository's environments may not lead to them from here. */
    urlTrouble: async (url: string) => {
      const { HostNames } = await import('../adapters/exec/hostNames');
      return urlTrouble(new HostNames(), (await parts.current()).identity, url);
    },
    /** Those that Coppice made on this machine. */
    localClusters: async () => (await parts.localRecords()).all(),
  };
}
