import { randomBytes } from 'node:crypto';
import type { ApprovalPorts } from '../app/approval/approveCommands';
import type { CreatePorts } from '../app/environment/createPorts';
import { createEnvironment } from '../app/environment/create/createEnvironment';
import { planCreate } from '../app/environment/plan/planCreate';
import type { SettlePorts } from '../app/environment/create/settleFound';
import { deleteByNamespace } from '../app/environment/delete/deleteByNamespace';
import type { DeletePorts } from '../app/environment/deletePorts';
import { deleteEnvironment } from '../app/environment/delete/deleteEnvironment';
import { deleteOrphan } from '../app/environment/delete/deleteOrphan';
import { finishDelete } from '../app/environment/delete/finishDelete';
import { terminalVariables } from '../app/environment/variables/terminalVariables';
import { everyEnvironment } from '../app/snapshot/everyEnvironment';
import type { Product } from '../app/product';
import { callerVariables } from '../core/callerVariables';
import type { ClusterConnections } from './connectTo';
import type { DatabaseServers } from './databaseServers';
import { lazy } from './lazy';
import { once } from './once';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

interface InFolder {
  readonly folder: string;
}

/** Making, seeing through and deleting environments. */
export function wireEnvironments(
  machine: Machine,
  connections: Connections,
  { databases, infraReader }: DatabaseServers,
): Product['environments'] {
  const { git, clock, env } = machine;
  const images = once(async () => {
    const [{ DockerImages }, { HostMachine }] = await Promise.all([
      import('../adapters/docker/dockerImages'),
      import('../adapters/exec/hostMachine'),
    ]);
    return { images: new DockerImages({ env }), thisMachine: new HostMachine() };
  });
  const deletePortsOn = async (to: ClusterConnections, infra = infraReader(to)): Promise<DeletePorts> => ({
    ...(await git()),
    cluster: await to.cluster(),
    releases: await to.releases(),
    databases: await databases(to, infra),
    kubeconfigs: await to.environmentKubeconfigs(),
    clock,
  });
  const deletePorts = async ({ folder }: InFolder) => deletePortsOn(await connections.at(folder));
  /** For what is done from any folder with environments of any repository. */
  const portsFromAnywhere = async () => deletePortsOn(await connections.current());
  const createPorts = async ({ folder }: InFolder): Promise<CreatePorts & SettlePorts & ApprovalPorts> => {
    const to = await connections.at(folder);
    const infra = infraReader(to);
    return {
      ...(await deletePortsOn(to, infra)),
      infra,
      ...(await machine.host()),
      ...(await images()),
      ...(await machine.approvalPorts()),
      environmentFiles: await machine.environmentFiles(),
      workloads: await to.workloads(),
      nodes: await to.nodes(),
      networkPolicies: await to.networkPolicies(),
      localClusters: await machine.localRecords(),
      callerVariables: callerVariables(env),
      paths: machine.paths,
      newId: () => randomBytes(6).toString('hex'),
      settings: machine.settings,
    };
  };
  return {
    plan: lazy(createPorts, planCreate),
    create: lazy(createPorts, createEnvironment),
    delete: lazy(deletePorts, deleteEnvironment),
    deleteOrphan: lazy(deletePorts, deleteOrphan),
    deleteByNamespace: lazy(portsFromAnywhere, deleteByNamespace),
    finishDelete: lazy(git, finishDelete),
    variables: async (folder, signal) => {
      const openDatabases = async () => databases(await connections.at(folder));
      return terminalVariables({ ...(await connections.workloadPorts({ folder })), openDatabases })(folder, signal);
    },
    every: async (signal) => everyEnvironment(await portsFromAnywhere(), signal),
  };
}
