import { isAbort, isAppError, toAppError, type AppError } from '../../core/errors';
import type { Worktree, WorktreeEntry } from '../../core/model';
import { ownBranch } from '../../core/worktrees/ownBranch';
import type { DeleteResult } from '../environment/requests';
import type { Run, UseCase } from '../run/run';
import type { CleanupPorts, CleanupScope } from './cleanupPorts';
import type { CleanupRow, Protection } from './cleanupRow';
import { isProposed, lookAround } from './listCleanup';
import { lookAtWorktree, untoldRow, type LookedAt } from './lookAtWorktree';

export interface CleanUpRequest extends CleanupScope {
  /** Folders of the worktrees that a person said yes to. */
  readonly paths: readonly string[];
  /** What a person saw of them when they said it: one that is another by now, or was used since, stays. */
  readonly seen?: readonly CleanupRow[] | undefined;
  /** What was used within so many days stays; undefined: it goes all the same. */
  readonly days?: number | undefined;
  /** Whether anything is to go still: asked last, right before each removal. */
  readonly isWanted?: (() => boolean) | undefined;
}

/** What became of one. */
export type CleanupOutcome = { readonly worktree: Worktree } & (
  | { readonly kind: 'removed'; readonly result: DeleteResult }
  /** Something protects it, by now. */
  | { readonly kind: 'kept'; readonly protections: readonly Protection[] }
  | { readonly kind: 'failed'; readonly error: AppError }
);

export interface CleanedUp {
  /** In the order of the request; of what is no worktree any more there is none. */
  readonly outcomes: readonly CleanupOutcome[];
}

/**
 * Removes what a person said yes to, one after the other, each as a delete does that nobody accepts any loss for. Each is looked at again
 * right before: what is protected by then stays, and so does what a delete finds when it looks last. One that fails, or cannot be looked
 * at, keeps no other from going.
 *
 * @throws the AbortError; what is removed by then is in the trash. Where not even the first can be looked for, why
 */
export function cleanUp(ports: CleanupPorts): UseCase<CleanUpRequest, CleanedUp> {
  return async ({ paths, seen, days, isWanted, ...scope }, run) => {
    const outcomes: CleanupOutcome[] = [];
    let last: LookedAt | undefined;
    for (const path of paths) {
      run.signal.throwIfAborted();
      const looked: LookedAt | AppError = await lookAround(ports, scope, run).catch((error: unknown) => {
        if (isAbort(error) || !last) throw error;
        return toAppError(error);
      });
      if (!isAppError(looked)) last = looked;
      const entry = last?.snapshot.entries.find(({ worktree }) => worktree.path === path);
      if (!entry) continue;
      const asked = { entry, seen: seen?.find((row) => row.worktree.path === path), days, isWanted };
      if (isAppError(looked)) outcomes.push({ worktree: entry.worktree, kind: 'failed', error: looked });
      else outcomes.push(await removeOne(ports, scope, asked, looked, run));
    }
    return { outcomes };
  };
}

interface Asked {
  readonly entry: WorktreeEntry;
  readonly seen: CleanupRow | undefined;
  readonly days: number | undefined;
  readonly isWanted: CleanUpRequest['isWanted'];
}

async function removeOne(
  ports: CleanupPorts,
  scope: CleanupScope,
  { entry, seen, days, isWanted }: Asked,
  looked: LookedAt,
  { signal, report }: Run,
): Promise<CleanupOutcome> {
  // Nobody is asked in the middle of it: a yes to a removal is none to what a repository runs.
  const run: Run = { signal, report };
  const { worktree, identity } = entry;
  const row = await lookAtWorktree(ports, scope, entry, looked, run).catch((error: unknown) =>
    untoldRow(entry, looked, error),
  );
  if (row.protections.length > 0) return { worktree, kind: 'kept', protections: row.protections };
  const isOther = seen !== undefined && (!isWhatWasSeen(seen, row) || (row.usedAt ?? 0) > (seen.usedAt ?? Infinity));
  if (isOther)
    return { worktree, kind: 'kept', protections: [{ kind: 'used', usedAt: row.usedAt ?? ports.clock.now() }] };
  if (days !== undefined && !isProposed(row, days, ports.clock.now()))
    return { worktree, kind: 'kept', protections: [{ kind: 'used', usedAt: row.usedAt ?? ports.clock.now() }] };
  if (isWanted?.() === false)
    return { worktree, kind: 'kept', protections: [{ kind: 'refused', text: 'nothing is to go by itself any more' }] };
  const request = {
    folder: looked.repository.root,
    path: worktree.path,
    accepted: [],
    keepBranch: ownBranch(worktree, identity) === undefined,
    environmentOnly: scope.environmentOnly === true,
  };
  try {
    return { worktree, kind: 'removed', result: await ports.delete(request, run) };
  } catch (error) {
    if (isAbort(error)) throw error;
    const known = toAppError(error);
    if (known.code === 'unapproved') return { worktree, kind: 'kept', protections: [{ kind: 'teardown' }] };
    if (known.losses.length === 0) return { worktree, kind: 'failed', error: known };
    return { worktree, kind: 'kept', protections: known.losses.map((loss) => ({ kind: 'loss', loss })) };
  }
}

interface Seen {
  readonly worktree: Pick<Worktree, 'gitDir' | 'head'> & { readonly branch?: string | undefined };
}

/** Whether what is in a folder is what somebody saw there. */
export function isWhatWasSeen(seen: Seen, now: Seen): boolean {
  const [one, other] = [seen.worktree, now.worktree];
  return one.gitDir === other.gitDir && one.branch === other.branch && one.head === other.head;
}
