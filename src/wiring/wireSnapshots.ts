import { EnvironmentStore, type StorePorts } from '../app/snapshot/environmentStore';
import type { Product } from '../app/product';
import { readSnapshot, type ReadPorts } from '../app/snapshot/readSnapshot';
import { traitsOf } from '../core/clusterTraits';
import type { ClusterIdentity } from '../core/model';
import { outdatedCluster } from '../core/outdatedCluster';
import { version } from '../../package.json';
import { once } from './once';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** What there is: as it is now, and followed. */
export function wireSnapshots(machine: Machine, connections: Connections): Product['snapshots'] {
  const { git, environmentFiles, embedded, clock, paths, log } = machine;
  const shared = async (): Promise<Omit<ReadPorts, 'cluster'>> => ({
    ...(await git()),
    environmentFiles: await environmentFiles(),
    consistsOf: (await import('./wireSeldom')).consistsOf(),
    clock,
    paths,
    notices: async (repositoryId: string) =>
      machine.settings()['clean.automatic'] === 'never'
        ? undefined
        : (await machine.cleanupNotices()).read(repositoryId),
    // A cluster goes on running when Coppice is updated.
    outdatedCluster: async (identity: ClusterIdentity) => {
      if (!traitsOf(identity).isProcess) return undefined;
      const program = await embedded();
      const isOlder = (await program.contractTrouble()) !== undefined;
      return outdatedCluster((await program.written())?.version, version, isOlder);
    },
  });
  const storePorts = once(async (): Promise<StorePorts> => {
    const { choices } = await machine.choicePorts();
    return {
      ...(await shared()),
      clusterOf: async (repositoryId) => (await connections.ofRepository(repositoryId)).cluster(),
      watchChoices: (onChange) => choices.watch(onChange),
    };
  });
  return {
    read: async (folder, signal) => {
      const ports = { ...(await shared()), cluster: await (await connections.at(folder)).cluster() };
      return readSnapshot(ports)(folder, signal);
    },
    open: (folder) => new EnvironmentStore(folder, storePorts, log),
  };
}
