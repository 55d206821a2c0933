import { randomBytes } from 'node:crypto';
import { countedAsUse } from '../app/cleanup/countedAsUse';
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
import { lookAtDelete } from '../app/environment/delete/lookAtDelete';
import { setUpWorktree } from '../app/environment/setup/setUpWorktree';
import { listDeleted } from '../app/environment/undo/listDeleted';
import { sweepTrash } from '../app/environment/undo/sweepTrash';
import { undoDelete } from '../app/environment/undo/undoDelete';
import { updateChanges } from '../app/environment/update/updateChanges';
import { terminalVariables } from '../app/environment/variables/terminalVariables';
import { leastUsed } from '../app/services/leastUsed';
import { sleepEnvironment } from '../app/services/sleepEnvironment';
import { sleepUnused } from '../app/services/sleepUnused';
import { wakeEnvironment } from '../app/services/wakeEnvironment';
import { everyEnvironment } from '../app/snapshot/everyEnvironment';
import type { Product } from '../app/product';
import { waitForEnvironment, type WaitRequest } from '../app/wait/waitForEnvironment';
import { callerVariables } from '../core/variables/callerVariables';
import { traitsOf } from '../core/clusterTraits';
import type { ClusterConnections } from './connectTo';
import type { DatabaseServers } from './databaseServers';
import { lazy } from './lazy';
import { once } from './once';
import type { Connections } from './wireConnections';
import { wireKeep } from './wireKeep';
import type { Machine } from './wireMachine';

interface InFolder {
  readonly folder: string;
}

/** Making, seeing through and deleting environments. */
export function wireEnvironments(
  machine: Machine,
  connections: Connections,
  { databases, tables, infraReader, infraTemporal }: DatabaseServers,
  snapshots: Pick<Product['snapshots'], 'open'>,
  pool: Pick<Product['pool'], 'refill'>,
): Product['environments'] {
  const { git, clock, env } = machine;
  const keep = wireKeep(machine);
  const images = once(async () => {
    const [{ DockerImages }, { HostMachine }] = await Promise.all([
      import('../adapters/docker/dockerImages'),
      import('../adapters/exec/hostMachine'),
    ]);
    return { images: new DockerImages({ env }), thisMachine: new HostMachine() };
  });
  const hostOf = async (to: ClusterConnections) => ({
    ...(await machine.host()),
    ...(traitsOf(to.identity).runsImages ? { temporal: await infraTemporal(to) } : {}),
  });
  const deletePortsOn = async (to: ClusterConnections, infra = infraReader(to)): Promise<DeletePorts> => ({
    ...(await git()),
    ...(await machine.worktreeState()),
    cluster: await to.cluster(),
    releases: await to.releases(),
    databases: await databases(to, infra),
    kubeconfigs: await to.environmentKubeconfigs(),
    ...(await hostOf(to)),
    settings: machine.settings,
    clock,
  });
  const deletePorts = async ({ folder }: InFolder) => deletePortsOn(await connections.at(folder));
  /** For what is done from any folder with environments of any repository. */
  const portsFromAnywhere = async () => deletePortsOn(await connections.current());
  const createPorts = async ({ folder }: InFolder): Promise<CreatePorts & SettlePorts & ApprovalPorts> => {
    const { to, repository } = await connections.found(folder);
    const infra = infraReader(to);
    const { GitRepositoryFiles } = await import('../adapters/git/gitRepositoryFiles');
    return {
      ...(await deletePortsOn(to, infra)),
      foundRepository: repository,
      infra,
      tables: await tables(to, infra),
      files: new GitRepositoryFiles(env),
      ...(await machine.worktreeState()),
      ...(machine.settings()['pool.size'] > 0 ? await machine.spares() : {}),
      includeFiles: machine.includeFiles ?? (() => []),
      ...(await hostOf(to)),
      ...(await images()),
      ...(await machine.approvalPorts()),
      environmentFiles: await machine.environmentFiles(),
      dependencies: await machine.dependencies(),
      workloads: await to.workloads(),
      usages: await to.usages(),
      nodes: await to.nodes(),
      ingressClasses: await to.ingressClasses(),
      networkPolicies: await to.networkPolicies(),
      hasVolumes: async (signal) => (await to.infra()).hasDefaultStorage(signal),
      localClusters: await machine.localRecords(),
      callerVariables: callerVariables(env),
      paths: machine.paths,
      newId: () => randomBytes(6).toString('hex'),
      settings: machine.settings,
    };
  };
  const deleteWithTeardown = async (place: InFolder): Promise<DeletePorts & ApprovalPorts> => ({
    ...(await deletePorts(place)),
    ...(await machine.approvalPorts()),
    environmentFiles: await machine.environmentFiles(),
    paths: machine.paths,
    folderPrograms: (await machine.spares()).programs,
  });
  const setupPorts = async ({ folder }: InFolder) => {
    const to = await connections.at(folder);
    return {
      ...(await machine.worktreePorts()),
      ...(await machine.worktreeState()),
      ...(await machine.host()),
      ...(await machine.approvalPorts()),
      cluster: { identity: to.identity },
      openCluster: () => to.cluster(),
      environmentFiles: await machine.environmentFiles(),
    };
  };
  const waitPorts = async ({ path }: WaitRequest) => ({
    ...(await machine.worktreeState()),
    ...(await connections.workloadPorts({ folder: path })),
    openDatabases: async () => databases(await connections.at(path)),
    open: (folder: string) => snapshots.open(folder),
  });
  const wakePorts = async (place: InFolder) => ({
    ...(await connections.wakePorts(place)),
    callerVariables: callerVariables(env),
  });
  const create = lazy(createPorts, createEnvironment);
  return {
    plan: lazy(createPorts, planCreate),
    changes: lazy(createPorts, updateChanges),
    create: async (request, run) => {
      const made = await create(request, run);
      // What was claimed is made anew, and nobody waits for that.
      await pool.refill(request.folder).catch(() => undefined);
      return made;
    },
    delete: lazy(deleteWithTeardown, deleteEnvironment),
    lookAtDelete: lazy(deleteWithTeardown, lookAtDelete),
    programsIn: async (folders) => (await (await machine.spares()).programs.in(folders)) ?? new Map(),
    setup: lazy(setupPorts, setUpWorktree),
    deleteOrphan: lazy(deletePorts, deleteOrphan),
    deleteByNamespace: lazy(portsFromAnywhere, deleteByNamespace),
    wait: lazy(waitPorts, waitForEnvironment),
    sleep: countedAsUse(keep, lazy(wakePorts, sleepEnvironment)),
    sleepUnused: lazy(wakePorts, sleepUnused),
    wake: countedAsUse(keep, lazy(wakePorts, wakeEnvironment)),
    leastUsed: async (folder) => {
      const ports = await connections.workloadPorts({ folder });
      const repository = await ports.worktrees.repository(folder);
      return leastUsed(ports, repository, undefined, new AbortController().signal);
    },
    finishDelete: lazy(git, finishDelete),
    undoDelete: lazy(
      async () => ({ ...(await git()), openDatabases: async (folder) => databases(await connections.at(folder)) }),
      undoDelete,
    ),
    sweepTrash: lazy(
      async () => ({ ...(await git()), ...(await machine.host()), clock, settings: machine.settings }),
      sweepTrash,
    ),
    deleted: async (folder, signal) => listDeleted(await git(), folder, signal),
    variables: async (folder, signal) => {
      const openDatabases = async () => databases(await connections.at(folder));
      return terminalVariables({ ...(await connections.workloadPorts({ folder })), openDatabases })(folder, signal);
    },
    every: async (folder, signal) => {
      const { uses } = await machine.host();
      const ports = await portsFromAnywhere();
      // A server that a setting names may serve other machines, and infra's is in the cluster that it serves.
      const isOwn = traitsOf(ports.cluster.identity).isProcess && machine.settings()['postgres.url'] === '';
      return everyEnvironment({ ...ports, uses, ownDatabases: isOwn ? await databases() : undefined }, folder, signal);
    },
  };
}
