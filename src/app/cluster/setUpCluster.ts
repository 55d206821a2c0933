import {
  clusterNameProblem,
  defaultClusterName,
  httpPorts,
  pathInNodes,
  registryPorts,
} from '../../core/clusters/localClusterPlan';
import { AppError, isAbort } from '../../core/errors';
import type { ClusterIdentity, Repository } from '../../core/model';
import type { ChosenCluster } from '../../core/ports/clusters';
import type { Clock, Locks, Paths, Ports } from '../../core/ports/host';
import type {
  ClusterReadiness,
  KubeconfigOfCluster,
  LocalClusterRecord,
  LocalClusterRecords,
  LocalClusters,
} from '../../core/ports/localClusters';
import type { Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import type { Run, UseCase } from '../run/run';
import { runSteps, type Step, type StepContext } from '../run/steps';
import { withLock } from '../run/withLock';

export interface SetUpPorts {
  readonly localClusters: LocalClusters;
  readonly localRecords: LocalClusterRecords;
  readonly readiness: ClusterReadiness;
  readonly worktrees: Pick<Worktrees, 'repository' | 'recordRepository'>;
  readonly locks: Locks;
  readonly ports: Ports;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'worktree.folder'>;
  /** A text that nobody has had before. */
  readonly newMark: () => string;
  /** Makes a cluster the choice of a repository. */
  readonly choose: (repositoryId: string, chosen: ChosenCluster, signal: AbortSignal) => Promise<void>;
}

export interface SetUpRequest {
  /** Any folder of the repository that is to use the cluster. */
  readonly folder: string;
  /** undefined: `coppice`. */
  readonly name?: string | undefined;
  /** Port of the URLs; undefined: 80, else the next free one. */
  readonly httpPort?: number | undefined;
}

export interface SetUpResult {
  readonly name: string;
  readonly identity: ClusterIdentity;
  readonly kubeconfig: string;
  readonly httpPort: number;
  readonly registry: string;
  /** Whether it stood already. */
  readonly found: boolean;
}

/**
 * Makes a cluster of containers on this machine, waits until it takes environments, and makes it the repository's choice. One that
 * Coppice made earlier is found, started and chosen; what an earlier run left half-made is taken away first.
 *
 * @throws missingTool, unreachable (Docker), invalidInput, conflict when name or port are taken, failed, timeout
 */
export function setUpCluster(ports: SetUpPorts): UseCase<SetUpRequest, SetUpResult> {
  return async (request, run) => {
    const name = request.name ?? defaultClusterName;
    const problem = clusterNameProblem(name);
    if (problem !== undefined) throw new AppError('invalidInput', problem);
    const repository = await ports.worktrees.repository(request.folder, run.signal);
    return withLock(ports.locks, clusterLock(name), `the cluster ${name} is being set up`, () =>
      new SetUp(ports, repository, name, request.httpPort, run).run(),
    );
  };
}

/** One lock for all that changes a cluster of this machine. */
export function clusterLock(name: string): string {
  return `cluster ${name}`;
}

class SetUp {
  #record: LocalClusterRecord | undefined;
  #isFound = false;
  /** Whether this run asked for a cluster that may have to be taken back. */
  #isBegun = false;
  #left: string | undefined;

  constructor(
    private readonly ports: SetUpPorts,
    private readonly repository: Repository,
    private readonly name: string,
    private readonly wishedPort: number | undefined,
    private readonly outer: Run,
  ) {}

  async run(): Promise<SetUpResult> {
    await runSteps(this.#steps(), this.outer, this.ports.clock);
    const { httpPort, registry } = this.#claimed;
    const { identity, kubeconfig } = this.#access;
    return { name: this.name, identity, kubeconfig, httpPort, registry, found: this.#isFound };
  }

  get #claimed(): LocalClusterRecord {
    if (!this.#record) throw new AppError('bug', 'A cluster is used before its name was claimed.');
    return this.#record;
  }

  get #access(): KubeconfigOfCluster {
    if (!this.#claimed.access) throw new AppError('bug', 'A cluster is used before it was made.');
    return this.#claimed.access;
  }

  #steps(): Step[] {
    const { name, ports } = this;
    const step = (
      id: string,
      after: readonly string[],
      title: string,
      run: Step['run'],
      undo?: Step['undo'],
    ): Step => ({ id, after, title, run, ...(undo ? { undo } : {}) });
    return [
      step('tools', [], 'Look for k3d and Docker', ({ signal }) => ports.localClusters.verifyTools(signal)),
      step(
        'claim',
        ['tools'],
        `Choose ports for the cluster ${name}`,
        ({ signal }) => this.#claim(signal),
        () => this.#unclaim(),
      ),
      step(
        'make',
        ['claim'],
        `Make the cluster ${name}`,
        (context) => this.#make(context),
        (signal) => this.#unmake(signal),
      ),
      step('kubeconfig', ['make'], 'Get its kubeconfig', ({ signal }) => this.#getAccess(signal)),
      step('api', ['kubeconfig'], 'Wait for its API', ({ signal }) => ports.readiness.awaitApi(this.#access, signal)),
      step('ingress', ['api'], 'Wait for Traefik, which serves the URLs', ({ signal }) =>
        ports.readiness.awaitIngress(this.#access, signal),
      ),
      step('choose', ['ingress'], `Choose it for ${this.repository.name}`, ({ signal }) => this.#choose(signal)),
    ];
  }

  async #claim(signal: AbortSignal): Promise<string | undefined> {
    const { localClusters, localRecords } = this.ports;
    const known = await localRecords.read(this.name);
    const there = (await localClusters.list(signal)).find(({ name }) => name === this.name);
    if (known?.state === 'created' && there?.mark === known.mark) return this.#find(known);
    if (there && (there.mark === undefined || there.mark !== known?.mark)) {
      throw new AppError(
        'conflict',
        `There is a k3d cluster ${this.name} already, and Coppice did not make it: give yours another name.`,
        { explanation: `For the command line: coppice cluster setup --name ${this.name}-2` },
      );
    }
    if (known) {
      const left = await localClusters.discard(this.name, known.mark, signal);
      if (left !== undefined) throw new AppError('failed', `An earlier try left something behind: ${left}.`);
    }
    const taken = (await localRecords.all()).filter(({ name }) => name !== this.name);
    const httpPort = await this.#httpPort(new Set(taken.map((record) => record.httpPort)));
    const registries = new Set(taken.map(({ registry }) => registry));
    const registryPort = await this.#free(registryPorts(), (port) => !registries.has(addressOf(port)));
    const folders = this.#folders().map((folder) => ({ folder, inNodes: pathInNodes(folder) }));
    this.#record = {
      version: 1,
      name: this.name,
      mark: this.ports.newMark(),
      state: 'creating',
      httpPort,
      registry: addressOf(registryPort),
      folders,
      access: undefined,
      createdAt: new Date(this.ports.clock.now()).toISOString(),
    };
    await localRecords.write(this.#record);
    const isWished = httpPort === (this.wishedPort ?? 80);
    return isWished ? undefined : `the URLs have port ${httpPort}: port 80 is taken`;
  }

  #find(known: LocalClusterRecord): string {
    if (this.wishedPort !== undefined && this.wishedPort !== known.httpPort)
      throw new AppError(
        'conflict',
        `The cluster ${this.name} stands already, with port ${known.httpPort}: a port cannot be changed later.`,
      );
    this.#record = known;
    this.#isFound = true;
    const isMounted = this.#folders().every((folder) =>
      known.folders.some((mounted) => this.ports.paths.contains(mounted.folder, folder)),
    );
    return isMounted
      ? 'found the one of an earlier time'
      : 'found the one of an earlier time; it has not the folders of this repository, which services with "mount" need';
  }

  async #httpPort(reserved: ReadonlySet<number>): Promise<number> {
    const { wishedPort } = this;
    if (wishedPort === undefined) return this.#free(httpPorts(), (port) => !reserved.has(port));
    if (await this.ports.ports.isFree(wishedPort)) return wishedPort;
    throw new AppError('conflict', `Port ${wishedPort} is taken by another program.`);
  }

  async #free(candidates: Iterable<number>, isFit: (port: number) => boolean): Promise<number> {
    let last = 0;
    for (const port of candidates) {
      if (isFit(port) && (await this.ports.ports.isFree(port))) return port;
      last = port;
    }
    throw new AppError('conflict', `No port is free on this machine up to ${last}.`);
  }

  /** Where the repository's worktrees are: its own folder, and the one that new ones go to. */
  #folders(): string[] {
    const { paths, settings } = this.ports;
    const { root, name } = this.repository;
    const parts = settings()
      ['worktree.folder'].replaceAll('${repository}', () => name)
      .split('/');
    const changing = parts.findIndex((part) => part.includes('${'));
    // The last part is the worktree itself, whether or not its name changes.
    const above = changing < 0 ? parts.slice(0, -1) : parts.slice(0, changing);
    const folder = paths.parent(paths.resolve(paths.parent(root), [...above, 'worktree'].join('/')));
    // The whole disk is not mounted: nodes have a file system of their own.
    if (paths.parent(folder) === folder || paths.contains(root, folder)) return [root];
    return paths.contains(folder, root) ? [folder] : [root, folder];
  }

  async #unclaim(): Promise<void> {
    // What could not be taken back is found by its record the next time.
    if (this.#record && !this.#isFound && this.#left === undefined) await this.ports.localRecords.remove(this.name);
  }

  async #make({ signal, tell }: StepContext): Promise<string | undefined> {
    const { localClusters } = this.ports;
    const { mark, httpPort, registry, folders } = this.#claimed;
    if (this.#isFound) {
      await localClusters.start(this.name, tell, signal);
      return undefined;
    }
    this.#isBegun = true;
    const registryPort = Number(registry.split(':').at(-1));
    const plan = { name: this.name, mark, httpPort, registryPort, folders: folders.map(({ folder }) => folder) };
    try {
      await localClusters.create(plan, tell, signal);
    } catch (error) {
      throw isAbort(error) ? error : await this.#blame(error, [httpPort, registryPort]);
    }
    return `URLs at port ${httpPort}, registry at ${registry}`;
  }

  /** A port that somebody took between the look and the use is what most such failures come from. */
  async #blame(error: unknown, used: readonly number[]): Promise<unknown> {
    for (const port of used) {
      if (await this.ports.ports.isFree(port)) continue;
      return new AppError('conflict', `Port ${port} was taken by another program meanwhile.`, {
        remedy: { title: 'Try Again', action: { kind: 'retry' } },
        cause: error,
      });
    }
    return error;
  }

  async #unmake(signal: AbortSignal): Promise<string | undefined> {
    if (!this.#isBegun) return undefined;
    // Until it is known to be gone, it counts as left behind: also when taking it back fails.
    this.#left = `the k3d cluster ${this.name}`;
    this.#left = await this.ports.localClusters.discard(this.name, this.#claimed.mark, signal);
    return this.#left;
  }

  async #getAccess(signal: AbortSignal): Promise<void> {
    this.#record = { ...this.#claimed, access: await this.ports.localClusters.writeKubeconfig(this.name, signal) };
  }

  async #choose(signal: AbortSignal): Promise<void> {
    const record: LocalClusterRecord = { ...this.#claimed, state: 'created' };
    await this.ports.localRecords.write(record);
    const { identity, kubeconfig } = this.#access;
    const { id } = await this.ports.worktrees.recordRepository(this.repository);
    await this.ports.choose(id, { identity, kubeconfigs: [kubeconfig] }, signal);
  }
}

function addressOf(port: number): string {
  return `localhost:${port}`;
}
