import { createHash } from 'node:crypto';
import { createEnvironment } from '../../src/app/environment/create/createEnvironment';
import type { ApprovalPorts } from '../../src/app/approval/approveCommands';
import type { CreatePorts } from '../../src/app/environment/createPorts';
import type { UndoPorts } from '../../src/app/environment/undo/undoDelete';
import type { DeletePorts } from '../../src/app/environment/deletePorts';
import { deleteEnvironment } from '../../src/app/environment/delete/deleteEnvironment';
import { environmentParts } from '../../src/app/environment/parts/environmentParts';
import type { Part } from '../../src/app/environment/parts/part';
import type { CreateRequest, CreateResult, DeleteRequest, DeleteResult } from '../../src/app/environment/requests';
import type { ReadPorts } from '../../src/app/snapshot/readSnapshot';
import type { RefreshTemplatePorts } from '../../src/app/environment/template/refreshTemplate';
import type { Progress, Run } from '../../src/app/run/run';
import type { TerminalPorts } from '../../src/app/environment/variables/terminalVariables';
import type { DeploymentFacts, PodFacts } from '../../src/core/facts';
import { environmentFileName } from '../../src/core/environmentFile';
import { AppError } from '../../src/core/errors';
import { infraNamespace } from '../../src/core/clusters/infra';
import type { Worktree } from '../../src/core/model';
import type { LocalClusterRecord } from '../../src/core/ports/localClusters';
import type { Approve } from '../../src/core/repositoryCommands';
import { defaultSettings, type Settings } from '../../src/core/settings';
import { FakeApprovals } from './fakes/fakeApprovals';
import { FakeClock } from './fakes/fakeClock';
import { FakeCluster } from './fakes/fakeCluster';
import { FakeCommands } from './fakes/fakeCommands';
import { FakeDatabaseTables } from './fakes/fakeDatabaseTables';
import { FakeDatabases } from './fakes/fakeDatabases';
import { environmentFileText, FakeEnvironmentFiles } from './fakes/fakeEnvironmentFiles';
import { FakeDependencies } from './fakes/fakeDependencies';
import { FakeEnvironmentKubeconfigs } from './fakes/fakeEnvironmentKubeconfigs';
import { FakeIdentities } from './fakes/fakeIdentities';
import { FakeImages } from './fakes/fakeImages';
import { FakeIngressClasses } from './fakes/fakeIngressClasses';
import { FakeLocks } from './fakes/fakeLocks';
import { FakeMachineLoad } from './fakes/fakeMachineLoad';
import { FakeNodes } from './fakes/fakeNodes';
import { fakePaths } from './fakes/fakePaths';
import { FakePorts } from './fakes/fakePorts';
import { FakeRepositoryFiles } from './fakes/fakeRepositoryFiles';
import { FakeReleases } from './fakes/fakeReleases';
import { FakeInstalls } from './fakes/fakeInstalls';
import { FakeSetups } from './fakes/fakeSetups';
import { FakeTemporalNamespaces } from './fakes/fakeTemporalNamespaces';
import { FakeUsages } from './fakes/fakeUsages';
import { FakeUsedServices } from './fakes/fakeUsedServices';
import { FakeUsedTemplates } from './fakes/fakeUsedTemplates';
import { FakeWorkloads } from './fakes/fakeWorkloads';
import { FakeWorktreeFiles } from './fakes/fakeWorktreeFiles';
import { FakeWorktrees } from './fakes/fakeWorktrees';
import { hooked, type CallHook } from './faultyPort';

/** Of all worlds: two of them may share a cluster. */
let drawn = 0;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Everything outside of the use cases, in memory: a repository at /code/repo with a committed environment file. */
export class EnvironmentWorld {
  readonly worktrees = new FakeWorktrees('/code/repo');
  readonly identities = new FakeIdentities();
  readonly setups = new FakeSetups();
  readonly installs = new FakeInstalls();
  readonly worktreeFiles = new FakeWorktreeFiles();
  includeFiles: readonly string[] = [];
  readonly locks = new FakeLocks();
  readonly cluster: FakeCluster;
  readonly workloads: FakeWorkloads;
  readonly releases = new FakeReleases();
  readonly databases: FakeDatabases;
  readonly tables = new FakeDatabaseTables();
  readonly files = new FakeRepositoryFiles({});
  readonly kubeconfigs = new FakeEnvironmentKubeconfigs();
  readonly commands = new FakeCommands();
  readonly uses = new FakeUsedServices();
  readonly temporal = new FakeTemporalNamespaces();
  readonly machineLoad = new FakeMachineLoad();
  readonly usages = new FakeUsages();
  /** `denied`: this user may not ask. */
  hasVolumes: boolean | 'denied' = true;
  readonly dependencies = new FakeDependencies();
  readonly images = new FakeImages();
  readonly nodes = new FakeNodes();
  localClusters: readonly LocalClusterRecord[] = [];
  readonly ingressClasses = new FakeIngressClasses();
  readonly ports = new FakePorts();
  readonly clock = new FakeClock();
  readonly usedTemplates = new FakeUsedTemplates(this.clock);
  /** All is approved, unless a test is about that. */
  readonly approvals = new FakeApprovals();
  trustedFolders: readonly string[] = [];
  /** Texts of environment files that differ from the committed one, by folder. */
  readonly edited = new Map<string, string | undefined>();
  readonly environmentFiles = new FakeEnvironmentFiles((folder) =>
    this.edited.has(folder) ? this.edited.get(folder) : this.worktrees.files.get(environmentFileName),
  );
  settings: Settings = defaultSettings;
  /** What environments consist of. */
  parts: readonly Part[] = environmentParts;
  callerVariables: Readonly<Record<string, string>> = {};
  /** What the services of an install become; by default all get ready. */
  podOf: (service: string) => Partial<PodFacts> = () => ({});

  /** @param machine another world whose cluster, databases and locks this one shares: another repository */
  constructor(machine?: EnvironmentWorld) {
    this.approvals.approvesAll = true;
    this.cluster = machine?.cluster ?? new FakeCluster();
    this.workloads = new FakeWorkloads(this.cluster);
    this.workloads.podOf = (service) => ({ ...podFacts(service), ...this.podOf(service) });
    this.workloads.runOf = (service) => ({ ...podFacts(service), ...ended(0), ...this.podOf(service) });
    this.databases = machine?.databases ?? new FakeDatabases();
    this.worktrees.onUnregister = (gitDir) => {
      this.identities.forget(gitDir);
      this.setups.forget(gitDir);
      this.installs.forget(gitDir);
      this.worktreeFiles.forget(gitDir);
    };
    this.worktrees.onMove = (from, to) => {
      this.identities.move(from, to);
      this.worktrees.onUnregister(from);
    };
    this.commit(environmentFileText(['frontend', 'backend', 'worker'], database));
    this.releases.onInstall = ({ namespace, values }) => {
      const started = values.services.filter(({ once, dependsOn }) => !values.held && !once && !dependsOn);
      this.cluster.setFacts(namespace, {
        deployments: values.services.map((service) => ({
          ...deploymentFacts(service.name),
          ...(service.once ? { once: true, desired: 0 } : {}),
          ...(started.includes(service) ? {} : { isHeld: true, ready: 0, updated: 0, available: 0 }),
          ...(service.dependsOn ? { dependsOn: service.dependsOn } : {}),
        })),
        pods: started.map(({ name }) => ({ ...podFacts(name), ...this.podOf(name) })),
        ingresses: [
          {
            port: 8080,
            rules: values.services.flatMap(({ name, routes, host }) =>
              routes.map((path) => ({ host: hostOf(values.worktree.host, host), path, service: name })),
            ),
          },
        ],
      });
    };
    this.releases.onUninstall = (_, namespace) =>
      this.cluster.setFacts(namespace, { deployments: [], pods: [], ingresses: [] });
  }

  /** What coppice.yaml says on every branch. */
  commit(text: string | undefined): void {
    if (text === undefined) this.worktrees.files.delete(environmentFileName);
    else this.worktrees.files.set(environmentFileName, text);
  }

  createPorts(
    hook?: CallHook,
  ): CreatePorts &
    DeletePorts &
    ApprovalPorts &
    Pick<TerminalPorts, 'kubeconfigs'> &
    Pick<ReadPorts, 'consistsOf' | 'clusterOf'> &
    Pick<UndoPorts, 'openDatabases'> &
    Pick<RefreshTemplatePorts, 'openCluster'> {
    const named = {
      worktrees: this.worktrees,
      identities: this.identities,
      setups: this.setups,
      installs: this.installs,
      worktreeFiles: this.worktreeFiles,
      locks: this.locks,
      cluster: this.cluster,
      workloads: this.workloads,
      releases: this.releases,
      databases: this.databases,
      tables: this.tables,
      files: this.files,
      commands: this.commands,
      ports: this.ports,
      uses: this.uses,
      usedTemplates: this.usedTemplates,
      temporal: this.temporal,
      environmentFiles: this.environmentFiles,
      dependencies: this.dependencies,
      images: this.images,
      nodes: this.nodes,
    };
    const cluster = wrap('cluster', named.cluster, hook);
    const databases = wrap('databases', named.databases, hook);
    return {
      worktrees: wrap('worktrees', named.worktrees, hook),
      identities: wrap('identities', named.identities, hook),
      setups: wrap('setups', named.setups, hook),
      installs: wrap('installs', named.installs, hook),
      worktreeFiles: wrap('worktreeFiles', named.worktreeFiles, hook),
      includeFiles: () => this.includeFiles,
      locks: wrap('locks', named.locks, hook),
      cluster,
      openCluster: async () => cluster,
      infra: once(() => cluster.readNamespace(infraNamespace)),
      workloads: wrap('workloads', named.workloads, hook),
      releases: wrap('releases', named.releases, hook),
      databases,
      openDatabases: async () => databases,
      tables: wrap('tables', named.tables, hook),
      files: wrap('files', named.files, hook),
      commands: wrap('commands', named.commands, hook),
      ports: wrap('ports', named.ports, hook),
      uses: wrap('uses', named.uses, hook),
      usedTemplates: wrap('usedTemplates', named.usedTemplates, hook),
      temporal: wrap('temporal', named.temporal, hook),
      machineLoad: this.machineLoad,
      usages: this.usages,
      hasVolumes: async () => {
        if (this.hasVolumes === 'denied') throw new AppError('denied', 'The cluster does not allow that (403).');
        return this.hasVolumes;
      },
      environmentFiles: wrap('environmentFiles', named.environmentFiles, hook),
      dependencies: wrap('dependencies', named.dependencies, hook),
      images: wrap('images', named.images, hook),
      nodes: wrap('nodes', named.nodes, hook),
      kubeconfigs: this.kubeconfigs,
      thisMachine: this.nodes,
      ingressClasses: this.ingressClasses,
      approvals: this.approvals,
      trustedFolders: () => this.trustedFolders,
      localClusters: { all: async () => [...this.localClusters] },
      callerVariables: this.callerVariables,
      clock: this.clock,
      consistsOf: this.parts,
      clusterOf: async () => cluster,
      paths: fakePaths,
      sha256,
      newId: () => sha256(`id ${++drawn}`).slice(0, 12),
      settings: () => this.settings,
    };
  }

  create(request: Partial<CreateRequest> & Pick<CreateRequest, 'target'>, how: How = {}): Promise<CreateResult> {
    return createEnvironment(this.createPorts(how.hook), this.parts)({ folder: '/code/repo', ...request }, runOf(how));
  }

  createBranch(branch: string, how?: How): Promise<CreateResult> {
    return this.create({ target: { kind: 'branch', branch } }, how);
  }

  delete(request: Partial<DeleteRequest> & Pick<DeleteRequest, 'path'>, how: How = {}): Promise<DeleteResult> {
    return deleteEnvironment(this.createPorts(how.hook), this.parts)(
      { folder: '/code/repo', accepted: [], ...request },
      runOf(how),
    );
  }

  async worktree(branch: string): Promise<Worktree | undefined> {
    const all = await this.worktrees.list(this.worktrees.repositoryInfo);
    return all.find((worktree) => worktree.branch === branch);
  }

  /** All that environments own, and what git has: without passwords, and without templates, which outlive environments. */
  async state(): Promise<object> {
    const worktrees = await this.worktrees.list(this.worktrees.repositoryInfo);
    const branches = await this.worktrees.branches(this.worktrees.repositoryInfo);
    const namespaces = await this.cluster.listNamespaces();
    // Ids are drawn: what counts is which things have the same one.
    const ids = new Map<string, string>();
    const numbered = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value).replaceAll(/"worktreeId":"([0-9a-f]{12})"/g, (_, id: string) => {
          if (!ids.has(id)) ids.set(id, `#${ids.size + 1}`);
          return `"worktreeId":"${ids.get(id) ?? ''}"`;
        }),
      ) as T;
    const names = namespaces.map(({ name }) => name);
    return numbered({
      begun: [...this.identities.begun],
      worktrees: await Promise.all(
        worktrees.map(async (worktree) => ({ ...worktree, identity: await this.identities.read(worktree) })),
      ),
      branches: branches.map(({ name, commit, checkedOutAt }) => ({ name, commit, checkedOutAt })).sort(byName),
      namespaces: await Promise.all(
        namespaces.sort(byName).map(async ({ name, owner, annotations, terminating }) => ({
          ...{ name, owner, annotations, terminating },
          secret: (await this.cluster.readSecret(name, 'coppice-database'))?.['DATABASE_URL']?.replace(
            /secret\d+/,
            '…',
          ),
        })),
      ),
      databases: [...this.databases.held]
        .filter(([, { kind }]) => kind !== 'template')
        .map(([name, held]) => ({ name, ...held, password: undefined }))
        .sort(byName),
      // Helm keeps its releases in the namespace: they go with it.
      releases: this.releases.names.filter((name) => names.includes(name.split('/')[0] ?? '')),
    });
  }
}

export interface How {
  readonly hook?: CallHook | undefined;
  readonly signal?: AbortSignal;
  readonly report?: (progress: Progress) => void;
  readonly approve?: Approve;
}

export const database = { template: 'fibonacci_template', migrate: ['node', 'migrate.js'], seed: ['node', 'seed.js'] };

/** As the wiring does it. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function runOf({ signal, report, approve }: How): Run {
  return { signal: signal ?? new AbortController().signal, report: report ?? (() => undefined), approve };
}

function wrap<Port extends object>(name: string, port: Port, hook: CallHook | undefined): Port {
  return hook ? hooked(name, port, hook) : port;
}

function hostOf(whole: string, label: string | undefined): string {
  return label === undefined ? whole : `${label}.${whole}`;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

export function deploymentFacts(service: string): DeploymentFacts {
  return { service, desired: 1, ready: 1, updated: 1, available: 1, isObserved: true, problem: undefined };
}

export function podFacts(service: string): PodFacts {
  return {
    name: `${service}-1`,
    service,
    phase: 'Running',
    isReady: true,
    isDeleting: false,
    restarts: 0,
    createdAt: 1,
    container: {
      state: 'running',
      reason: undefined,
      message: undefined,
      exitCode: undefined,
      lastTermination: undefined,
    },
    message: undefined,
    lastWarning: undefined,
  };
}

/** A pod whose container keeps exiting. */
export const crashing: Partial<PodFacts> = {
  isReady: false,
  restarts: 3,
  container: {
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    message: 'back-off 40s restarting failed container',
    exitCode: undefined,
    lastTermination: { reason: 'Error', exitCode: 1, message: 'stack\nError: no such table\n' },
  },
};

/** A pod that has run to its end. */
export function ended(exitCode: number, message?: string): Partial<PodFacts> {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    isReady: false,
    container: { state: 'terminated', reason, message, exitCode, lastTermination: undefined },
  };
}
