import { AppError, isAppError } from '../core/errors';
import type { Identity, Owner, Worktree } from '../core/model';
import type { Names } from '../core/naming';
import type { Clock, ClusterAccess, Commands, Databases, Locks, Ports, Releases } from '../core/ports';
import { chooseMetricsPorts, chooseNames, claim, isSameOwner } from './claimNames';
import { prepareCreate, type PreparedCreate, type PreparePorts } from './prepareCreate';
import type { CreateRequest, CreateResult } from './requests';
import type { Run, UseCase } from './run';
import { runSteps, type Step } from './steps';
import { waitReady, type Readiness } from './waitReady';
import { databaseSecret, environmentVariables, worktreeValues } from './worktreeValues';

export interface CreatePorts extends PreparePorts {
  readonly locks: Locks;
  readonly releases: Releases;
  readonly databases: Databases;
  readonly commands: Commands;
  readonly ports: Ports;
  readonly clock: Clock;
}

/** A branch's worktree with an environment of its own. Cut off at any point, the same request finishes it. */
export function createEnvironment(ports: CreatePorts): UseCase<CreateRequest, CreateResult> {
  return async (request, run) => {
    let prepared = await prepareCreate(ports, request, run.signal);
    await ports.releases.verifyTool(run.signal);
    const repository = await ports.worktrees.recordRepository(prepared.repository);
    // A copied repository gets an id of its own now: all that was decided with the old one is decided again.
    if (repository.id !== prepared.repository.id) prepared = await prepareCreate(ports, request, run.signal);
    const { branch } = prepared.target;
    const lock = await ports.locks.acquire(
      `create ${prepared.owner.repositoryId} ${prepared.owner.worktreeId}`,
      `an environment for ${branch} is being created`,
    );
    try {
      return await new Creation(ports, prepared).run(run);
    } finally {
      await lock.release();
    }
  };
}

/** What each step leaves for the next ones; steps run at most once a run. */
interface Made {
  access?: ClusterAccess;
  names?: Names;
  identity?: Identity;
  claimed?: 'created' | 'found';
  worktree?: Worktree;
  addedWorktree?: boolean;
  wroteIdentity?: boolean;
  template?: string;
  createdDatabase?: boolean;
  readiness?: Readiness;
}

/** One create: its steps and what they hand to each other. */
export class Creation {
  readonly #ports: CreatePorts;
  readonly #prepared: PreparedCreate;
  readonly #made: Made = {};

  constructor(ports: CreatePorts, prepared: PreparedCreate) {
    this.#ports = ports;
    this.#prepared = prepared;
  }

  async run(run: Run): Promise<CreateResult> {
    await runSteps(this.steps(), run, this.#ports.clock);
    const services = this.#made.readiness?.services ?? [];
    const urls = services.flatMap((service) => service.urls).sort((a, b) => a.length - b.length);
    return {
      worktree: required(this.#made.worktree),
      identity: required(this.#made.identity),
      services,
      ready: this.#made.readiness?.ready ?? false,
      url: urls[0],
    };
  }

  steps(): Step[] {
    const { target, file } = this.#prepared;
    const hasDatabase = file.database !== undefined;
    const steps: (Step | false)[] = [
      { id: 'cluster', title: 'Start the cluster', after: [], run: ({ signal }) => this.#connect(signal) },
      hasDatabase && {
        id: 'server',
        title: 'Start PostgreSQL',
        after: [],
        run: ({ signal }) => this.#ports.databases.connect(signal),
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
        run: ({ signal }) => this.#checkOut(signal),
        undo: (signal) => this.#removeWorktree(signal),
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
        run: ({ signal }) => this.#cloneDatabase(signal),
        undo: (signal) => this.#dropDatabase(signal),
      },
      {
        id: 'release',
        title: 'Install the services',
        after: ['worktree', ...(hasDatabase ? ['database'] : [])],
        run: ({ signal }) => this.#install(signal),
        undo: (signal) => this.#uninstall(signal),
      },
      {
        id: 'ready',
        title: 'Wait until the services are ready',
        after: ['release'],
        run: ({ signal }) => this.#waitReady(signal),
      },
    ];
    return steps.filter((step) => step !== false);
  }

  async #connect(signal: AbortSignal): Promise<string> {
    this.#made.access = await this.#ports.cluster.connect(signal);
    return this.#made.access.server;
  }

  /** Choosing and claiming is one at a time on this machine, so that two creates do not choose the same metrics port. */
  async #claim(signal: AbortSignal): Promise<string> {
    const { cluster, databases, worktrees, sha256 } = this.#ports;
    const { repository, owner, target, file, folderOf } = this.#prepared;
    const lock = await acquireSoon(this.#ports.locks, 'names', 'names are being chosen', signal);
    try {
      let metricsPorts: Record<string, number> = {};
      const choose = async (): Promise<{ names: Names; annotations: Record<string, string> }> => {
        const namespaces = await cluster.listNamespaces(signal);
        const holders = { namespaces, databases: file.database ? databases : undefined };
        const names = this.#prepared.identity ?? (await chooseNames(owner, target.ref, holders, sha256, signal));
        // Before anything is claimed or cloned: in most cases nothing is to be taken back then.
        if (target.kind !== 'worktree') await worktrees.checkFolder(repository, folderOf(names.slug), signal);
        const services = file.services.map((service) => service.name);
        metricsPorts = await chooseMetricsPorts(names, owner, services, namespaces, this.#ports.ports);
        const found = namespaces.find((namespace) => isSameOwner(namespace.owner, owner));
        const annotations = {
          ref: target.ref,
          folder: folderOf(names.slug),
          slug: names.slug,
          host: names.host,
          ...(file.database ? { database: names.database } : {}),
          services: services.join(','),
          'metrics-ports': JSON.stringify(metricsPorts),
          'created-branch': found?.annotations['created-branch'] ?? String(target.kind === 'new'),
        };
        return { names, annotations };
      };
      const { names, claimed } = await claim(cluster, choose, owner, signal);
      this.#made.names = names;
      this.#made.claimed = claimed;
      const record = await cluster.readNamespace(names.namespace, signal);
      this.#made.identity = {
        ...namesOnly(names),
        ...owner,
        version: 1,
        ref: target.ref,
        metricsPorts,
        createdBranch: record?.annotations['created-branch'] === 'true',
        cluster: cluster.identity,
        state: 'creating',
        createdAt: new Date(this.#ports.clock.now()).toISOString(),
      };
      return claimed === 'found' ? `${names.namespace}, found from an earlier try` : names.namespace;
    } finally {
      await lock.release();
    }
  }

  async #unclaim(signal: AbortSignal): Promise<void> {
    const { names, claimed } = this.#made;
    if (names && claimed === 'created')
      await this.#ports.cluster.deleteNamespace(names.namespace, this.#prepared.owner, signal);
  }

  async #checkOut(signal: AbortSignal): Promise<string> {
    const { worktrees, identities } = this.#ports;
    const { target, repository, folderOf } = this.#prepared;
    const identity = required(this.#made.identity);
    if (target.kind === 'worktree') {
      this.#made.worktree = target.worktree;
    } else {
      const folder = folderOf(identity.slug);
      const { branch } = target;
      this.#made.worktree = await worktrees.add(
        repository,
        target.kind === 'new'
          ? { kind: 'new', folder, branch, base: target.commit }
          : target.kind === 'tracking'
            ? { kind: 'tracking', folder, branch, remoteBranch: target.remoteBranch }
            : { kind: 'existing', folder, branch },
        signal,
      );
      this.#made.addedWorktree = true;
    }
    await identities.write(this.#made.worktree, identity);
    this.#made.wroteIdentity = this.#prepared.identity === undefined;
    return this.#made.worktree.path;
  }

  async #removeWorktree(signal: AbortSignal): Promise<string | undefined> {
    const { worktrees, identities } = this.#ports;
    const { target, repository } = this.#prepared;
    const { worktree, addedWorktree, wroteIdentity } = this.#made;
    if (!worktree) return undefined;
    if (!addedWorktree) {
      if (wroteIdentity) await identities.remove(worktree);
      return undefined;
    }
    try {
      await worktrees.remove(repository, worktree, [], signal);
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      await identities.remove(worktree);
      return `the worktree ${worktree.path}, which has files in it that a removal would lose`;
    }
    if (target.kind === 'new' || target.kind === 'tracking')
      await worktrees.deleteBranch(repository, target.branch, target.commit);
    return undefined;
  }

  /** Built in the main worktree while that has the default branch, so that no experiment becomes everybody's template. */
  async #prepareTemplate(signal: AbortSignal, worktreeDone: () => Promise<void>): Promise<string> {
    const { databases, commands, worktrees } = this.#ports;
    const { repository, file, target } = this.#prepared;
    const spec = required(file.database);
    const recipe = JSON.stringify({ migrate: spec.migrate ?? null, seed: spec.seed ?? null });
    const { name, built } = await databases.ensureTemplate(
      { name: spec.template, repositoryId: repository.id, recipe },
      async (url, buildSignal) => {
        const inner = buildSignal ?? signal;
        const [main] = await worktrees.list(repository, inner);
        const isMainFit = main?.branch === repository.defaultBranch && (await this.#hasSameRecipe(main.path, recipe));
        if (!isMainFit) await worktreeDone();
        const cwd = isMainFit ? main.path : required(this.#made.worktree).path;
        const shared = environmentVariables(required(this.#made.identity), target.branch, this.#ports.settings());
        for (const argv of [spec.migrate, spec.seed]) {
          if (argv) await commands.run(argv, { cwd, env: { ...shared, DATABASE_URL: url } }, inner);
        }
      },
      signal,
    );
    this.#made.template = name;
    return built ? `${name}, built` : name;
  }

  async #hasSameRecipe(folder: string, recipe: string): Promise<boolean> {
    try {
      const { database } = await this.#ports.environmentFiles.read(folder);
      return JSON.stringify({ migrate: database?.migrate ?? null, seed: database?.seed ?? null }) === recipe;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  }

  async #cloneDatabase(signal: AbortSignal): Promise<string> {
    const { databases, cluster } = this.#ports;
    const { owner } = this.#prepared;
    const { database, databaseRole: role, namespace } = required(this.#made.identity);
    // A clone that is found gets a new password, which running pods would not know.
    const isThere =
      isSameOwner(asOwner(await databases.owner(database, signal)), owner) &&
      (await cluster.readSecret(namespace, databaseSecret, signal))?.['DATABASE_URL'] !== undefined;
    if (isThere) return `${database}, kept`;
    const clone = await databases.clone({ database, role, template: required(this.#made.template), owner }, signal);
    this.#made.createdDatabase = clone.created;
    await cluster.putSecret(namespace, databaseSecret, { DATABASE_URL: clone.url }, owner, signal);
    return clone.created ? database : `${database}, found from an earlier try`;
  }

  async #dropDatabase(signal: AbortSignal): Promise<void> {
    const { identity, createdDatabase } = this.#made;
    if (!identity || !createdDatabase) return;
    const { database, databaseRole: role } = identity;
    await this.#ports.databases.drop({ database, role, owner: this.#prepared.owner }, signal);
  }

  async #install(signal: AbortSignal): Promise<string> {
    const { releases, settings, paths } = this.#ports;
    const { file, target } = this.#prepared;
    const identity = required(this.#made.identity);
    const folder = required(this.#made.worktree).path;
    await releases.install(
      {
        release: identity.release,
        namespace: identity.namespace,
        chart: file.chart === undefined ? undefined : paths.resolve(folder, file.chart),
        values: worktreeValues(identity, target.branch, folder, file, settings()),
        access: required(this.#made.access),
      },
      signal,
    );
    return identity.release;
  }

  async #uninstall(signal: AbortSignal): Promise<void> {
    const { identity, access, claimed } = this.#made;
    if (!identity || !access || claimed !== 'created') return;
    await this.#ports.releases.uninstall(identity.release, identity.namespace, access, signal);
  }

  async #waitReady(signal: AbortSignal): Promise<string | undefined> {
    const { cluster, identities, settings } = this.#ports;
    const identity = required(this.#made.identity);
    const services = this.#prepared.file.services.map((service) => service.name);
    const timeoutMs = settings()['create.readyTimeout'] * 1000;
    this.#made.readiness = await waitReady(
      cluster,
      identity.repositoryId,
      identity.namespace,
      services,
      timeoutMs,
      signal,
    );
    this.#made.identity = { ...identity, state: 'created' };
    await identities.write(required(this.#made.worktree), this.#made.identity);
    const troubled = this.#made.readiness.services.filter(
      (service) => service.health !== 'healthy' && service.health !== 'stopped',
    );
    return (
      troubled.map(({ name, state, reason }) => `${name}: ${state}${reason ? ` (${reason})` : ''}`).join(', ') ||
      undefined
    );
  }
}

function asOwner(owner: Owner | 'foreign' | undefined): Owner | undefined {
  return owner === 'foreign' ? undefined : owner;
}

function namesOnly({ slug, namespace, temporalNamespace, database, databaseRole, host, release }: Names): Names {
  return { slug, namespace, temporalNamespace, database, databaseRole, host, release };
}

/** A lock that is held for moments only is waited for. */
async function acquireSoon(
  locks: Locks,
  key: string,
  what: string,
  signal: AbortSignal,
): Promise<{ release(): Promise<void> }> {
  const until = Date.now() + 20_000;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await locks.acquire(key, what);
    } catch (error) {
      if (!isAppError(error, 'conflict') || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 40));
    }
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new AppError('bug', 'A step ran before the one that it needs.');
  return value;
}
