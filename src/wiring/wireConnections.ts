import { chosenCluster, embeddedCluster } from '../app/cluster/chosenCluster';
import { isAppError } from '../core/errors';
import type { ChosenCluster } from '../core/ports/clusters';
import { connectTo, type ClusterConnections } from './connectTo';
import type { Machine } from './wireMachine';

export type Connections = ReturnType<typeof wireConnections>;

/** Which cluster is meant, and what reaches it. */
export function wireConnections(machine: Machine) {
  const { git, choicePorts, folder } = machine;
  const connected = new Map<string, ClusterConnections>();
  /** The same for the same cluster, so that a choice may change while the window is open. */
  const to = (chosen: ChosenCluster): ClusterConnections => {
    const key = JSON.stringify(chosen);
    const known = connected.get(key) ?? connectTo(machine, chosen);
    connected.set(key, known);
    return known;
  };
  const ofRepository = async (repositoryId: string) => to(await chosenCluster(await choicePorts(), repositoryId));
  /** The repository that a folder is in, and its cluster. */
  const found = async (place: string) => {
    const repository = await (await git()).worktrees.repository(place);
    return { repository, to: await ofRepository(repository.id) };
  };
  const at = async (place: string): Promise<ClusterConnections> => (await found(place)).to;
  /** The cluster of the repository that all this is about; without one the embedded cluster. */
  const current = async (): Promise<ClusterConnections> => {
    try {
      if (folder !== undefined) return await at(folder);
    } catch (error) {
      if (!isAppError(error, 'invalidInput')) throw error;
    }
    return to(embeddedCluster);
  };
  /** What is done with the services of a folder's worktree is done with these. */
  const workloadPorts = async (place: { readonly folder: string }) => {
    const connections = await at(place.folder);
    return {
      ...(await machine.worktreePorts()),
      cluster: await connections.cluster(),
      workloads: await connections.workloads(),
      kubeconfigs: await connections.environmentKubeconfigs(),
    };
  };
  /** The same where services may have to be woken for it. */
  const wakePorts = async (place: { readonly folder: string }) => {
    const { machineLoad } = await machine.host();
    return { ...(await workloadPorts(place)), usages: await (await at(place.folder)).usages(), machineLoad };
  };
  return { to, ofRepository, found, at, current, workloadPorts, wakePorts };
}
