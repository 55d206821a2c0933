import { clusterText } from '../../core/clusters/clusterRules';
import { AppError } from '../../core/errors';
import type { Disposable } from '../../core/event';
import { isTroubled } from '../../core/services/isTroubled';
import type { ServiceStatus, Snapshot, WorktreeEntry } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { Databases } from '../../core/ports/databases';
import type { Installs } from '../../core/ports/installs';
import type { Workloads } from '../../core/ports/workloads';
import type { Settings } from '../../core/settings';
import { unfinishedInstalls } from '../dependencies/unfinishedInstalls';
import type { UseCase } from '../run/run';
import { serviceTrouble, waitReady, type Readiness } from '../services/waitReady';
import type { SnapshotStore } from '../snapshot/snapshotStore';
import { worktreeName } from '../view/worktreeView';

export interface WaitPorts {
  readonly cluster: Cluster;
  readonly workloads: Pick<Workloads, 'ports'>;
  readonly installs: Installs;
  /** Asked where there is a database. */
  readonly openDatabases: () => Promise<Pick<Databases, 'isUnmigrated'>>;
  readonly settings: () => Pick<Settings, 'create.readyTimeout' | 'create.steadyTime'>;
  /** Follows what there is of a folder's repository. */
  readonly open: (folder: string) => SnapshotStore & Disposable;
}

export interface WaitRequest {
  /** The worktree's folder. */
  readonly path: string;
  /** In all. undefined: as long as a create or an update is at work, and then as long as a create waits for services. */
  readonly timeoutMs: number | undefined;
}

export interface Waited {
  readonly ready: boolean;
  readonly namespace: string;
  readonly services: readonly ServiceStatus[];
  /** Why it is not ready besides its services. */
  readonly notes: readonly string[];
  /** Something of it was begun and not done: the same create does the rest. */
  readonly isUnfinished: boolean;
}

/**
 * Waits until the environment of a worktree is ready, or cannot become so: first for the create or the update that is at work, then
 * for its services. It watches, starts nothing and changes nothing.
 *
 * @throws notFound, conflict, unreachable: there is nothing to wait for; timeout, naming what was not ready
 */
export function waitForEnvironment(ports: WaitPorts): UseCase<WaitRequest, Waited> {
  return async ({ path, timeoutMs }, { signal, report }) => {
    const store = ports.open(path);
    const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    const left = (): number | undefined => (end === undefined ? undefined : Math.max(1, end - performance.now()));
    let told: string | undefined;
    // It is asked anew with each change of anything: who works at it is told once.
    const tell = (detail: string): void => {
      if (detail !== told) report({ step: 'wait', title: 'Wait', state: 'running', detail, finished: 0, total: 1 });
      told = detail;
    };
    try {
      for (;;) {
        const entry = await nextOf(store, (snapshot) => settledEntry(store, snapshot, path, tell), left(), signal);
        const namespace = entry.environment?.namespace ?? entry.identity?.names.namespace ?? '';
        if (entry.work === 'createCutOff')
          return { ready: false, namespace, services: [], notes: [cutOff], isUnfinished: true };
        const readiness = await readinessOf(ports, store, entry, left(), signal);
        if (!readiness) continue;
        const { ready, services, isTimeUp } = readiness;
        if (isTimeUp && !ready) throw timeout(worktreeName(entry), services);
        const installs = await unfinishedInstalls(ports.installs, entry.worktree);
        const unfinished = [...installs, ...(await unfinishedMigration(ports, entry, signal))];
        const notes = [...(services.length === 0 ? ['It has no services.'] : []), ...unfinished];
        const isUnfinished = unfinished.length > 0;
        return { ready: ready && notes.length === 0, namespace, services, notes, isUnfinished };
      }
    } finally {
      store.dispose();
    }
  };
}

/** One that failed or was cut off, or that its tool passed over. */
async function unfinishedMigration(
  { openDatabases }: WaitPorts,
  { identity }: WorktreeEntry,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const database = identity?.parts.database?.database;
  if (!identity || database === undefined) return [];
  if (!(await (await openDatabases()).isUnmigrated({ database, owner: identity.owner }, signal))) return [];
  return [`${database} lacks migrations of its branch: "coppice database migrate" runs them, and says why.`];
}

const cutOff = 'A create ended before it was done: the same create finishes it.';

/** Resolves with the first of the snapshots that a question has an answer for. Rejects with what the question throws. */
async function nextOf<T>(
  store: SnapshotStore,
  ask: (snapshot: Snapshot) => T | undefined,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<T> {
  const held: Disposable[] = [];
  try {
    return await new Promise<T>((resolve, reject) => {
      const look = (): void => {
        try {
          const answer = ask(store.snapshot);
          if (answer !== undefined) resolve(answer);
        } catch (error) {
          reject(error);
        }
      };
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      held.push({ dispose: () => signal.removeEventListener('abort', abort) }, store.onDidChange(look));
      if (timeoutMs !== undefined) {
        const late = new AppError('timeout', 'A create or an update is still at work: the time is up.');
        const timer = setTimeout(() => reject(late), timeoutMs);
        held.push({ dispose: () => clearTimeout(timer) });
      }
      if (signal.aborted) abort();
      else look();
      // What changes is told from the first look on.
      store.setVisible(true);
    });
  } finally {
    for (const each of held) each.dispose();
  }
}

/** undefined: there is more to come. @throws when there is nothing to wait for */
function settledEntry(
  store: SnapshotStore,
  { repository, entries, cluster }: Snapshot,
  path: string,
  tell: (line: string) => void,
): WorktreeEntry | undefined {
  if (store.problem) throw store.problem;
  if (!repository) return undefined;
  const entry = entries.find(({ worktree }) => worktree.path === path);
  if (!entry) throw new AppError('notFound', `There is no worktree in ${path} any more.`);
  const name = worktreeName(entry);
  const { work, identity, elsewhere, damaged, environment } = entry;
  if (work === 'creating' || work === 'updating') {
    tell(work === 'creating' ? 'a create is at work' : 'an update is at work');
    return undefined;
  }
  if (work === 'createCutOff') return entry;
  if (damaged !== undefined) throw new AppError('failed', damaged);
  if (work !== undefined || environment?.terminating)
    throw new AppError('conflict', `The environment of ${name} is being deleted.`);
  if (!identity)
    throw new AppError(
      'notFound',
      `The worktree ${name} has no environment: "coppice create" in its folder makes one.`,
    );
  if (elsewhere)
    throw new AppError(
      'conflict',
      `The environment of ${name} lives in ${clusterText(elsewhere)}, which is not in use.`,
    );
  if (cluster.state === 'offline')
    throw new AppError('unreachable', `How the environment of ${name} is, is not known: ${cluster.reason}`);
  if (cluster.state !== 'online') return undefined;
  if (!environment)
    throw new AppError('notFound', `The cluster does not have the environment of ${name}: a create makes it again.`);
  return entry;
}

/** undefined: somebody has begun to work at it. */
async function readinessOf(
  { cluster, workloads, settings }: WaitPorts,
  store: SnapshotStore,
  { worktree, environment }: WorktreeEntry,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<Readiness | undefined> {
  if (!environment) throw new AppError('bug', 'There is no environment to wait for.');
  const { repositoryId, namespace } = environment;
  const begun = new AbortController();
  const subscription = store.onDidChange(({ entries }) => {
    const work = entries.find((entry) => entry.worktree.path === worktree.path)?.work;
    if (work !== undefined) begun.abort(new AppError('conflict', 'Somebody works at it.'));
  });
  const either = AbortSignal.any([signal, begun.signal]);
  try {
    const facts = (await cluster.read(repositoryId, either)).find((each) => each.namespace === namespace);
    const services = await Promise.all(
      (facts?.deployments ?? []).map(async ({ service: name, dependsOn = {} }) => ({
        ...{ name, dependsOn },
        port: (await workloads.ports(namespace, name, either))[0],
      })),
    );
    const { 'create.readyTimeout': readySeconds, 'create.steadyTime': steadySeconds } = settings();
    const limits = { timeoutMs: timeoutMs ?? readySeconds * 1000, steadyMs: steadySeconds * 1000 };
    return await waitReady(cluster, { repositoryId, namespace }, services, { ...limits, doubtsCrashed: true }, either);
  } catch (error) {
    if (signal.aborted || !begun.signal.aborted) throw error;
    return undefined;
  } finally {
    subscription.dispose();
  }
}

function timeout(name: string, services: readonly ServiceStatus[]): AppError {
  const troubled = services.filter(isTroubled).map(serviceTrouble);
  return new AppError('timeout', `The environment of ${name} did not get ready in time: ${troubled.join('; ')}`);
}
