import type { DeletedWorktree } from '../../core/worktrees/deletedWorktree';
import { isAppError } from '../../core/errors';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { Owner, Worktree } from '../../core/model';
import type { KeptDatabase } from '../../core/ports/databases';
import { readWorktrees } from '../worktrees/readWorktrees';
import { readTrashedIdentity, type TrashPorts } from './trashPorts';

/** A database that is kept, and that no undo leads to, or none can now. */
export interface LeftKept {
  readonly database: KeptDatabase;
  /** Its repository is not where it was: it may come back, as a disk does, and what leads to it with it. */
  readonly isRepositoryAbsent?: true;
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
    const isAbsent = database.repository !== undefined && ports.isOwnServer;
    if (all.some(({ kind }) => kind === 'nobody')) left.push({ database });
    else if (isAbsent) left.push({ database, isRepositoryAbsent: true });
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
      const ofIt = deleted ? await ownerOf(ports, deleted) : 'unknown';
      if (ofIt === 'unknown') isUnknown = true;
      else if (isSameOwner(ofIt, owner)) return { kind: 'trash' };
    }
    return { kind: isUnknown ? 'unknown' : 'nobody' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: error.code === 'notFound' || error.code === 'invalidInput' ? 'absent' : 'unknown' };
  }
}

/** Whose environment's database an entry may lead to; undefined: none's. */
async function ownerOf(ports: LeftKeptPorts, deleted: DeletedWorktree): Promise<Owner | 'unknown' | undefined> {
  try {
    return (await readTrashedIdentity(ports, deleted))?.owner;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return 'unknown';
  }
}
