import { traitsOf } from '../../../core/clusterTraits';
import { environmentNotes } from '../../../core/environmentNotes';
import { AppError, isAppError } from '../../../core/errors';
import type { Identity, IdentityParts } from '../../../core/model';
import type { CandidateNames } from '../../../core/naming';
import type { ClusterAccess, NamespaceRecord } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import type { Clock, Commands, Locks, Ports } from '../../../core/ports/host';
import type { NetworkPolicies } from '../../../core/ports/networkPolicies';
import type { Releases } from '../../../core/ports/releases';
import type { Workloads } from '../../../core/ports/workloads';
import { isSameOwner } from '../../../core/isSameOwner';
import { chooseMetricsPorts, chooseNames, claim } from '../parts/claimNames';
import { CreationBegun } from '../creationBegun';
import { CreationPods, type PodsPorts } from './creationPods';
import { CreationWorktree } from '../parts/worktreeCheckout';
import { connectDatabases, podsTrouble } from '../../databases/databaseReach';
import { cloneDatabase, dropDatabase, prepareTemplate } from '../../databases/template';
import type { PreparedCreate, PreparePorts } from './prepareCreate';
import { putCallerVariables } from '../parts/putCallerVariables';
import { namesOnly, recordedNames } from '../parts/recordedNames';
import type { CreateResult } from '../requests';
import type { Run } from '../../run/run';
import { runSteps, type Shortfall, type Step } from '../../run/steps';
import { findUnclaimed, foundConflict } from '../parts/unclaimed';
import { shortfallOf, waitReady, type Readiness } from '../../services/waitReady';
import { withBriefLock } from '../../run/withLock';
import { worktreeValues } from '../parts/worktreeValues';

export interface CreatePorts
  extends PreparePorts, Pick<PodsPorts, 'images' | 'nodes' | 'thisMachine' | 'localClusters'> {
  readonly locks: Locks;
  readonly releases: Releases;
  readonly workloads: Workloads;
  readonly databases: Databases;
  readonly commands: Commands;
  readonly ports: Ports;
  readonly clock: Clock;
  /** What services of this machine get of the environment of who calls (`core/callerVariables`). May hold secrets. */
  readonly callerVariables: Readonly<Record<string, string>>;
  /** None: the cluster is the embedded one, which enforces nothing and says so. */
  readonly networkPolicies?: NetworkPolicies | undefined;
}

/** What each step leaves for the next ones; steps run at most once a run. What undoing needs is noted before it is done. */
interface Made {
  access?: ClusterAccess;
  names?: CandidateNames;
  /** The namespace was there before this run. */
  foundNamespace?: boolean;
  identity?: Identity;
  template?: string;
  /** There was no database before this run. */
  clonesDatabase?: boolean;
  /** Services that run know an old DATABASE_URL. */
  hasNewUrl?: boolean;
  readiness?: Readiness;
  notes?: readonly string[];
}

interface Choice {
  readonly names: CandidateNames;
  readonly annotations: Readonly<Record<string, string>>;
  readonly podSecurity: 'baseline' | 'privileged';
  readonly metricsPorts: Readonly<Record<string, number>>;
  /** It is asked for, or an earlier create has made it for this namespace. */
  readonly hasDatabase: boolean;
}

/** One create: its steps and what they hand to each other. */
export class Creation {
  readonly #ports: CreatePorts;
  readonly #prepared: PreparedCreate;
  readonly #worktree: CreationWorktree;
  readonly #pods: CreationPods;
  readonly #begun: CreationBegun;
  readonly #made: Made = {};

  constructor(ports: CreatePorts, prepared: PreparedCreate) {
    this.#ports = ports;
    this.#prepared = prepared;
    this.#worktree = new CreationWorktree(ports, prepared);
    this.#pods = new CreationPods(ports, prepared);
    this.#begun = new CreationBegun(ports, prepared);
  }

  async run(run: Run): Promise<CreateResult> {
    await runSteps(this.steps(), run, this.#ports.clock);
    const services = this.#made.readiness?.services ?? [];
    const urls = services.flatMap((service) => service.urls).sort((a, b) => a.length - b.length);
    const identity = required(this.#made.identity);
    return {
      worktree: required(this.#worktree.worktree),
      identity,
      database: this.#prepared.file.database && identity.parts.database?.database,
      services,
      ready: this.#made.readiness?.ready ?? false,
      url: urls[0],
      notes: this.#made.notes ?? [],
    };
  }

  steps(): Step[] {
    const { target, file } = this.#prepared;
    const hasDatabase = file.database !== undefined;
    const images = this.#pods.step(() => required(this.#worktree.worktree).path) ?? false;
    const steps: (Step | false)[] = [
      {
        id: 'cluster',
        title: traitsOf(this.#ports.cluster.identity).canStart === 'onUse' ? 'Start the cluster' : 'Reach the cluster',
        after: [],
        run: ({ signal, tell }) => this.#connect(signal, tell),
      },
      hasDatabase && {
        id: 'server',
        title: 'Start PostgreSQL',
        after: [],
        run: ({ signal }) => connectDatabases(this.#ports, signal),
      },
      {
        id: 'namespace',
        title: 'Claim the namespace',
        after: ['cluster', ...(hasDatabase ? ['server'] : [])],
        run: ({ signal }) => this.#claim(signal),
        undo: (signal) => this.#unclaim(signal),
      },
      {
        id: 'worktree',
        title: target.kind === 'worktree' ? 'Record the environment in the worktree' : `Check out ${target.branch}`,
        after: ['namespace'],
        run: async ({ signal }) => (await this.#worktree.checkOut(required(this.#made.identity), signal)).path,
        undo: (signal) => this.#worktree.takeBack(this.#made.identity, signal),
      },
      hasDatabase && {
        id: 'template',
        title: 'Prepare the template database',
        after: ['namespace'],
        run: ({ signal, done }) => this.#prepareTemplate(signal, () => done('worktree')),
      },
      hasDatabase && {
        id: 'database',
        title: 'Clone the database',
        after: ['template'],
        run: ({ signal, done }) => this.#cloneDatabase(signal, () => done('worktree')),
        undo: (signal) => this.#dropDatabase(signal),
      },
      images,
      {
        id: 'release',
        title: 'Install the services',
        after: ['worktree', ...(hasDatabase ? ['database'] : []), ...(images ? ['images'] : [])],
        run: ({ signal }) => this.#install(signal),
        undo: (signal) => this.#uninstall(signal),
      },
      {
        id: 'ready',
        title: 'Wait until the services are ready',
        after: ['release'],
        run: ({ signal, tell }) => this.#waitReady(tell, signal),
      },
    ];
    return steps.filter((step) => step !== false).map((step) => this.#begun.watched(step));
  }

  async #connect(signal: AbortSignal, tell: (line: string) => void): Promise<string> {
    this.#made.access = await this.#ports.cluster.connect(signal, tell);
    await this.#pods.ask(signal);
    // Before anything is made that its next start would not know.
    const trouble = await this.#ports.cluster.stateTrouble(signal);
    if (trouble !== undefined) throw new AppError('failed', trouble);
    return this.#made.access.server;
  }

  /** Choosing and claiming is one at a time on this machine, so that two creates do not choose the same metrics port. */
  async #claim(signal: AbortSignal): Promise<string> {
    return withBriefLock(this.#ports.locks, 'names', 'names are being chosen', signal, async () => {
      const { cluster, clock } = this.#ports;
      const { owner, target, identity: earlier, isAdopted } = this.#prepared;
      const choose = async (): Promise<Choice> => {
        const choice = await this.#choose(signal);
        await this.#begun.begin();
        return choice;
      };
      const { chosen, claimed } = await claim(cluster, choose, owner, signal);
      this.#made.identity = {
        version: 2,
        owner,
        names: namesOnly(chosen.names),
        ref: target.ref,
        createdBranch: chosen.annotations['created-branch'] === 'true',
        cluster: cluster.identity,
        state: 'creating',
        createdAt: earlier?.createdAt ?? new Date(clock.now()).toISOString(),
        parts: this.#parts(chosen),
      };
      const { namespace } = chosen.names;
      const from = isAdopted ? 'taken over' : 'found from an earlier try';
      return claimed === 'found' ? `${namespace}, ${from}` : namespace;
    });
  }

  /** What was recorded under the same names stays: a part that the environment file no longer asks for is still there. */
  #parts({ names, metricsPorts, hasDatabase }: Choice): IdentityParts {
    const { identity: earlier } = this.#prepared;
    return {
      ...(earlier?.names.slug === names.slug ? earlier.parts : {}),
      temporal: { namespace: names.temporalNamespace },
      services: { metricsPorts },
      ...(hasDatabase
        ? { database: { provider: 'postgres', database: names.database, role: names.databaseRole } }
        : {}),
    };
  }

  async #choose(signal: AbortSignal): Promise<Choice> {
    const { cluster, databases, worktrees, sha256, ports } = this.#ports;
    const { repository, owner, target, file, folderOf, identity, begun, isAdopted, isLeftByDelete } = this.#prepared;
    const [namespaces, enforcement] = await Promise.all([
      cluster.listNamespaces(signal),
      this.#ports.networkPolicies?.enforcement(signal),
    ]);
    const isRecorded = identity !== undefined && !isLost(identity, namespaces);
    const holders = { namespaces, databases: file.database ? databases : undefined };
    // What is found under the name is a person's to decide about.
    const isNew = !identity && !begun && !isAdopted;
    const unclaimed = isNew ? await findUnclaimed(this.#prepared, holders, sha256, signal) : undefined;
    if (unclaimed) throw foundConflict(target, unclaimed);
    const names = isRecorded ? recordedNames(identity) : await chooseNames(owner, target.ref, holders, sha256, signal);
    // Before anything is claimed or built: nothing is to be taken back then.
    if (target.kind !== 'worktree') await worktrees.checkFolder(repository, folderOf(names.slug), signal);
    const services = file.services.map((service) => service.name);
    const metricsPorts = await chooseMetricsPorts(names, owner, services, namespaces, ports);
    const found = namespaces.find((namespace) => isSameOwner(namespace.owner, owner));
    this.#made.names = names;
    this.#made.foundNamespace = found !== undefined;
    // What was recorded of another branch, which was checked out here then, says nothing of this one.
    const isSameRef = found?.annotations['ref'] === target.ref;
    // The branch of an environment that is taken over is another one, though it has the same name.
    const createdBranch = identity
      ? ((isSameRef ? found.annotations['created-branch'] : undefined) ??
        String(identity.createdBranch && identity.ref === target.ref))
      : String(begun?.createdBranch ?? (target.kind === 'new' || isLeftByDelete));
    const annotations = {
      ref: target.ref,
      folder: folderOf(names.slug),
      // Where it is looked for when the worktree's folder is not there: from anywhere.
      repository: repository.root,
      slug: names.slug,
      host: names.host,
      ...(file.database ? { database: names.database } : {}),
      services: services.join(','),
      'claimed-at': new Date(this.#ports.clock.now()).toISOString(),
      'metrics-ports': JSON.stringify(metricsPorts),
      'created-branch': createdBranch,
      ...(enforcement === undefined ? {} : { 'network-policies': enforcement }),
    };
    const start = target.kind === 'new' && target.note ? [target.note] : [];
    const left = isLeftByDelete ? [`The branch ${target.branch} is as a delete left it that was cut off.`] : [];
    this.#made.notes = [...start, ...left, ...environmentNotes(annotations)];
    // A worktree's files are a folder of the node, which no stricter standard lets a pod have.
    const podSecurity = file.services.some((service) => service.mount) ? 'privileged' : 'baseline';
    const hasDatabase = file.database !== undefined || found?.annotations['database'] !== undefined;
    return { names, annotations, podSecurity, metricsPorts, hasDatabase };
  }

  async #unclaim(signal: AbortSignal): Promise<string | undefined> {
    const { cluster } = this.#ports;
    const { owner, identity, isAdopted } = this.#prepared;
    const { names, foundNamespace } = this.#made;
    if (!names) return undefined;
    if (foundNamespace) {
      await this.#begun.takeBack();
      const isKept = identity?.state === 'created' || isAdopted;
      return isKept ? undefined : `the namespace ${names.namespace}, made by an earlier try`;
    }
    const record = await cluster.readNamespace(names.namespace, signal);
    if (isSameOwner(record?.owner, owner)) await cluster.deleteNamespace(names.namespace, owner, signal);
    await this.#begun.takeBack();
    return undefined;
  }

  async #prepareTemplate(signal: AbortSignal, worktreeDone: () => Promise<void>): Promise<string> {
    const { name, built } = await prepareTemplate(
      this.#ports,
      this.#prepared,
      required(this.#made.identity),
      async () => {
        await worktreeDone();
        return required(this.#worktree.worktree);
      },
      signal,
    );
    this.#made.template = name;
    return built ? `${name}, built` : name;
  }

  async #cloneDatabase(signal: AbortSignal, worktreeDone: () => Promise<void>): Promise<string> {
    const identity = required(this.#made.identity);
    // A record that says that there is none would hide it from a delete, if this were cut off before the new one is written.
    const { identity: earlier } = this.#prepared;
    if (earlier && !earlier.parts.database) await worktreeDone();
    const isNew = (): void => void (this.#made.clonesDatabase = true);
    const clone = await cloneDatabase(this.#ports, identity, required(this.#made.template), isNew, signal);
    this.#made.hasNewUrl = clone.hasNewUrl;
    return clone.detail;
  }

  async #dropDatabase(signal: AbortSignal): Promise<void> {
    const { identity, clonesDatabase } = this.#made;
    if (identity && clonesDatabase) await dropDatabase(this.#ports.databases, identity, signal);
  }

  async #install(signal: AbortSignal): Promise<string> {
    const { cluster, releases, settings, paths, callerVariables } = this.#ports;
    const { file, target } = this.#prepared;
    const identity = required(this.#made.identity);
    const folder = required(this.#worktree.worktree).path;
    await putCallerVariables(cluster, identity, callerVariables, signal);
    await releases.install(
      {
        release: identity.names.release,
        namespace: identity.names.namespace,
        chart: file.chart === undefined ? undefined : paths.resolve(folder, file.chart),
        values: worktreeValues(identity, target.branch, folder, file, settings(), this.#pods.values(folder)),
        access: required(this.#made.access),
      },
      signal,
    );
    if (this.#made.hasNewUrl && this.#made.foundNamespace) await this.#restartAll(identity, signal);
    return identity.names.release;
  }

  /** The chart says the same as before, so that Helm alone would leave the pods as they are. */
  async #restartAll(identity: Identity, signal: AbortSignal): Promise<void> {
    for (const { name } of this.#prepared.file.services) {
      try {
        await this.#ports.workloads.restart(identity.names.namespace, name, identity.owner, signal);
      } catch (error) {
        // A chart of the repository's own may call its deployments otherwise.
        if (!isAppError(error, 'notFound')) throw error;
      }
    }
  }

  async #uninstall(signal: AbortSignal): Promise<string | undefined> {
    const { identity, access, foundNamespace } = this.#made;
    if (!identity || !access) return undefined;
    if (foundNamespace && (this.#prepared.identity?.state === 'created' || this.#prepared.isAdopted))
      return `the services in ${identity.names.namespace}, which may be updated in part`;
    await this.#ports.releases.uninstall(identity.names.release, identity.names.namespace, access, signal);
    return undefined;
  }

  async #waitReady(tell: (line: string) => void, signal: AbortSignal): Promise<Shortfall | undefined> {
    const { cluster, identities, settings } = this.#ports;
    const identity = required(this.#made.identity);
    const known = settings();
    const options = {
      timeoutMs: known['create.readyTimeout'] * 1000,
      steadyMs: known['create.steadyTime'] * 1000,
      tell,
    };
    const place = { repositoryId: identity.owner.repositoryId, namespace: identity.names.namespace };
    this.#made.readiness = await waitReady(cluster, place, this.#prepared.file.services, options, signal);
    const { ready, services } = this.#made.readiness;
    const trouble = ready ? undefined : await podsTrouble(cluster, identity, services, signal);
    if (trouble !== undefined) this.#made.notes = [...(this.#made.notes ?? []), trouble];
    const unsaved = await cluster.stateTrouble(signal);
    if (unsaved !== undefined) {
      this.#made.readiness = { ...this.#made.readiness, ready: false };
      this.#made.notes = [...(this.#made.notes ?? []), unsaved];
    }
    this.#made.identity = { ...identity, state: 'created' };
    await identities.write(required(this.#worktree.worktree), this.#made.identity);
    return unsaved === undefined ? shortfallOf(this.#made.readiness) : { short: unsaved };
  }
}

/** Whether an environment that never was finished has lost its name to somebody else meanwhile. */
function isLost(identity: Identity, namespaces: readonly NamespaceRecord[]): boolean {
  const holder = namespaces.find(({ name }) => name === identity.names.namespace);
  return identity.state === 'creating' && holder !== undefined && !isSameOwner(holder.owner, identity.owner);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new AppError('bug', 'A step ran before the one that it needs.');
  return value;
}
