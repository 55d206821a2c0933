import type { DatabaseChanges } from '../../core/databaseChanges';
import { AppError, isAppError } from '../../core/errors';
import type { Owner, Snapshot, WorktreeEntry } from '../../core/model';
import type { WorkSince, WorktreeChanges } from '../../core/ports/worktreeChanges';
import type { UseCase } from '../run/run';
import type { EnvironmentMetrics, MetricsRequest } from '../telemetry/environmentMetrics';
import { worktreeName } from '../view/worktreeView';

export interface CompareWorktreesPorts {
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  readonly changes: WorktreeChanges;
  /** What the services of the cluster that a folder's repository uses were asked. */
  readonly metrics: (folder: string, request: MetricsRequest, signal: AbortSignal) => Promise<EnvironmentMetrics>;
  /** undefined: there is none. Starts no server. @throws unreachable where none runs */
  readonly databaseChanges: (
    folder: string,
    request: { readonly database: string; readonly owner: Owner },
    signal: AbortSignal,
  ) => Promise<DatabaseChanges | undefined>;
}

export interface CompareRequest {
  readonly folder: string;
  /** Folders of worktrees of one repository; two or more. */
  readonly paths: readonly string[];
}

/** What cannot be told has a reason. */
export type OrReason<T> = { readonly value: T } | { readonly reason: string };

export interface ComparedWorktree {
  readonly entry: WorktreeEntry;
  readonly name: string;
  /** What it has done since the last commit that all have. */
  readonly work: OrReason<WorkSince>;
  /** Of the last hour; undefined: it has no environment. */
  readonly metrics: OrReason<EnvironmentMetrics> | undefined;
  /** undefined: it has no database. */
  readonly database: OrReason<DatabaseChanges> | undefined;
}

export interface WorktreeComparison {
  readonly snapshot: Snapshot;
  /** The last commit that all have; undefined: there is none. */
  readonly base: string | undefined;
  readonly attempts: readonly ComparedWorktree[];
  /** Files that several have changed, with the names of those. */
  readonly overlaps: readonly { readonly path: string; readonly names: readonly string[] }[];
}

export const comparedMs = 60 * 60_000;

/** Each thing that is asked of a cluster or a database has this long: whoever compares looks at what is there. Milliseconds. */
const limitMs = 1_500;

/**
 * Worktrees of one repository side by side: what each has done since their last common commit, how its environment is, what it was asked
 * and what was written to its database. Looks at what is there, starts and changes nothing.
 *
 * @throws invalidInput with less than two, notFound
 */
export function compareWorktrees(
  ports: CompareWorktreesPorts,
  limit = limitMs,
): UseCase<CompareRequest, WorktreeComparison> {
  return async ({ folder, paths }, { signal }) => {
    const wanted = [...new Set(paths)];
    if (wanted.length < 2) throw new AppError('invalidInput', 'A comparison needs two worktrees or more.');
    const snapshot = await ports.readSnapshot(folder, signal);
    const entries = wanted.map((path) => {
      const found = snapshot.entries.find(({ worktree }) => worktree.path === path);
      if (found) return found;
      throw new AppError('notFound', `${path} is no worktree of this repository.`);
    });
    const base = await ports.changes.commonCommit(
      entries.map(({ worktree }) => worktree),
      signal,
    );
    const within = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(limit)]);
    const attempts = await Promise.all(
      entries.map((entry) => attemptOf(ports, entry, snapshot, { base, within, signal })),
    );
    signal.throwIfAborted();
    return { snapshot, base, attempts, overlaps: overlapsOf(attempts) };
  };
}

interface Asked {
  readonly base: string | undefined;
  readonly within: () => AbortSignal;
  readonly signal: AbortSignal;
}

async function attemptOf(
  { changes, metrics, databaseChanges }: CompareWorktreesPorts,
  entry: WorktreeEntry,
  { cluster }: Snapshot,
  { base, within, signal }: Asked,
): Promise<ComparedWorktree> {
  const { worktree, environment, identity } = entry;
  const { path } = worktree;
  const database = identity?.parts.database?.database;
  const isSeen = environment !== undefined && cluster.state === 'online';
  const [work, asked, written] = await Promise.all([
    base === undefined
      ? { reason: 'they have no commit in common' }
      : told(signal, () => changes.since(worktree, base, signal)),
    isSeen
      ? told(within(), (limit) => metrics(path, { namespace: environment.namespace, lengthMs: comparedMs }, limit))
      : undefined,
    identity && database !== undefined
      ? told(within(), async (limit) => {
          const found = await databaseChanges(path, { database, owner: identity.owner }, limit);
          return found ?? { kind: 'unknown' as const, reason: 'it is not there' };
        })
      : undefined,
  ]);
  return { entry, name: worktreeName(entry), work, metrics: asked, database: written };
}

async function told<T>(signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<OrReason<T>> {
  try {
    return { value: await ask(signal) };
  } catch (error) {
    if (signal.aborted) return { reason: 'no answer came in time' };
    if (!isAppError(error)) throw error;
    return { reason: error.message };
  }
}

function overlapsOf(attempts: readonly ComparedWorktree[]): WorktreeComparison['overlaps'] {
  const names = new Map<string, string[]>();
  for (const { name, work } of attempts)
    if ('value' in work) for (const { path } of work.value.files) names.set(path, [...(names.get(path) ?? []), name]);
  return [...names]
    .filter(([, all]) => all.length > 1)
    .map(([path, all]) => ({ path, names: all }))
    .sort((one, other) => other.names.length - one.names.length || (one.path < other.path ? -1 : 1));
}
