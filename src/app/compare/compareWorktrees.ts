import type { DatabaseChanges } from '../../core/databases/databaseChanges';
import { AppError, isAppError } from '../../core/errors';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { Databases } from '../../core/ports/databases';
import type { WorkSince, WorktreeChanges } from '../../core/ports/worktreeChanges';
import type { UseCase } from '../run/run';
import type { EnvironmentMetrics, MetricsRequest } from '../telemetry/environmentMetrics';
import { worktreeName } from '../view/worktreeView';

export interface CompareWorktreesPorts {
  readonly changes: Pick<WorktreeChanges, 'commonCommit' | 'since'>;
  /** What the services of the cluster that a repository uses were asked. */
  readonly metrics: (repositoryId: string, request: MetricsRequest, signal: AbortSignal) => Promise<EnvironmentMetrics>;
  /** Asked for once a comparison. Starts no server. @throws unreachable where none runs */
  readonly databases: (repositoryId: string, signal: AbortSignal) => Promise<Pick<Databases, 'changes'>>;
}

export interface CompareRequest {
  /** As whoever chose from it has read it: it is not read a second time. */
  readonly snapshot: Snapshot;
  /** Folders of worktrees of it; two or more. */
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
const limitMs = 3_000;

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
  return async ({ snapshot, paths }, { signal }) => {
    const wanted = [...new Set(paths)];
    if (wanted.length < 2) throw new AppError('invalidInput', 'A comparison needs two worktrees or more.');
    const { repository } = snapshot;
    if (!repository) throw new AppError('notFound', 'This is in no repository, so that there are no worktrees.');
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
    let opened: ReturnType<CompareWorktreesPorts['databases']> | undefined;
    const databases = (): ReturnType<CompareWorktreesPorts['databases']> =>
      (opened ??= ports.databases(repository.id, within()));
    const attempts = await Promise.all(
      entries.map((entry) =>
        attemptOf({ ...ports, databases }, entry, snapshot, { repositoryId: repository.id, base, within, signal }),
      ),
    );
    signal.throwIfAborted();
    return { snapshot, base, attempts, overlaps: overlapsOf(attempts) };
  };
}

interface Opened {
  readonly databases: () => Promise<Pick<Databases, 'changes'>>;
}

interface Asked {
  readonly repositoryId: string;
  readonly base: string | undefined;
  readonly within: () => AbortSignal;
  readonly signal: AbortSignal;
}

async function attemptOf(
  { changes, metrics, databases }: Omit<CompareWorktreesPorts, 'databases'> & Opened,
  entry: WorktreeEntry,
  { cluster }: Snapshot,
  { repositoryId, base, within, signal }: Asked,
): Promise<ComparedWorktree> {
  const { worktree, environment, identity } = entry;
  const database = identity?.parts.database?.database;
  const isSeen = environment !== undefined && cluster.state === 'online';
  const [work, asked, written] = await Promise.all([
    base === undefined
      ? { reason: 'they have no commit in common' }
      : told(signal, () => changes.since(worktree, base, signal)),
    isSeen
      ? told(within(), (limit) =>
          metrics(repositoryId, { namespace: environment.namespace, lengthMs: comparedMs }, limit),
        )
      : undefined,
    identity && database !== undefined
      ? told(within(), async (limit) => {
          const found = await (await databases()).changes({ database, owner: identity.owner }, limit);
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
