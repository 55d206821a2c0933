import { isAppError } from '../../core/errors';
import { isSameOwner } from '../../core/isSameOwner';
import type { Owner, Worktree } from '../../core/model';
import type { KeptDatabase } from '../../core/ports/databases';
import { readWorktrees } from '../worktrees/readWorktrees';
import { trashedIdentity, type TrashPorts } from './trashPorts';

/** A database that is kept, and that no undo leads to any more. */
export interface LeftKept {
  readonly database: KeptDatabase;
  /** An undo has brought it back, and no create has followed yet, which would take the database. */
  readonly worktree?: Worktree | undefined;
}

export interface LeftKeptPorts extends Pick<TrashPorts, 'worktrees' | 'identities' | 'trash'> {
  /** As `listKept`; undefined: nobody can tell. */
  readonly kept: (signal: AbortSignal) => Promise<readonly KeptDatabase[] | undefined>;
  /** Whether the server serves this machine alone: else a repository that is not here is on another one. */
  readonly isOwnServer: boolean;
}

type Whose =
  | { readonly kind: 'trash' | 'unknown' | 'nobody' | 'absent' }
  | { readonly kind: 'worktree'; readonly worktree: Worktree };

/**
 * Databases that are kept for worktrees which are in no trash any more. Starts and changes nothing; of which nobody can tell whose they
 * are, none is told.
 *
 * @param folder where somebody asks: it may be in the repository of one that does not say where its repository was
 */
export async function leftKept(
  ports: LeftKeptPorts,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<LeftKept[]> {
  const left: LeftKept[] = [];
  for (const database of (await ports.kept(signal)) ?? []) {
    const places = [...new Set([database.repository, folder])].filter((place) => place !== undefined);
    const all: Whose[] = [];
    for (const place of places) all.push(await whose(ports, place, database.owner, signal));
    const holder = all.find((each) => each.kind === 'worktree');
    if (all.some(({ kind }) => kind === 'trash' || kind === 'unknown')) continue;
    // What has an end goes by itself, and the next create of that worktree takes it before.
    if (holder && database.until === undefined) left.push({ database, worktree: holder.worktree });
    if (holder) continue;
    const isGone = database.repository !== undefined && ports.isOwnServer;
    if (isGone || all.some(({ kind }) => kind === 'nobody')) left.push({ database });
  }
  return left;
}

/** Whose it is by what a repository says; `absent`: there is none, or another one. */
async function whose(ports: LeftKeptPorts, place: string, owner: Owner, signal: AbortSignal): Promise<Whose> {
  try {
    const repository = await ports.worktrees.repository(place, signal);
    if (repository.id !== owner.repositoryId) return { kind: 'absent' };
    const known = await readWorktrees(ports, repository, signal);
    const holder = known.find(({ identity }) => isSameOwner(identity?.owner, owner));
    if (holder) return { kind: 'worktree', worktree: holder.worktree };
    let isUnknown = known.some(({ problem }) => problem !== undefined);
    for (const { deleted } of await ports.trash.entries(repository)) {
      const identity = deleted && (await trashedIdentity(ports, deleted));
      if (isSameOwner(identity?.owner, owner)) return { kind: 'trash' };
      isUnknown ||= deleted === undefined;
    }
    return { kind: isUnknown ? 'unknown' : 'nobody' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: error.code === 'notFound' || error.code === 'invalidInput' ? 'absent' : 'unknown' };
  }
}
