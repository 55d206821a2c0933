import { isAppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { lossExamples, lossName } from '../../../core/worktrees/lossText';
import type { Identity, Worktree } from '../../../core/model';
import type { Making } from '../../../core/ports/worktrees';
import { claimReady } from '../../spares/claimReady';
import { ofBranch, ofWorktree } from '../begunPlace';
import type { CreatePorts } from '../createPorts';
import type { CreationBegun } from '../creationBegun';
import type { PreparedCreate } from '../preparedCreate';

type Ports = Pick<CreatePorts, 'worktrees' | 'identities' | 'paths' | 'spares' | 'programs' | 'locks' | 'settings'>;

/** What taking a worktree back needs, written before it is made. */
export interface CheckoutNotes {
  /** Where this run adds a worktree. */
  addingAt: string | undefined;
  worktree: Worktree | undefined;
  wroteIdentity: boolean;
  /** It was kept ready. */
  isClaimed: boolean;
  /** Repositories inside the folder that it is a fork of, which it has not. */
  readonly leftOut: string[];
}

/** Adds the worktree unless there is one, and records the identity in it. */
export async function checkOut(
  ports: Ports,
  prepared: PreparedCreate,
  identity: Identity,
  notes: CheckoutNotes,
  signal: AbortSignal,
): Promise<Worktree> {
  const { target, folderOf, repository } = prepared;
  const record = async (worktree: Worktree): Promise<void> => {
    notes.wroteIdentity = true;
    await ports.identities.write(worktree, identity);
    // From now on the record says what is its own.
    for (const place of [ofBranch(repository, target.ref), ofWorktree(worktree)])
      await ports.identities.removeBegun(place);
  };
  if (target.kind !== 'worktree') {
    const { names, owner } = identity;
    return add(ports, prepared, folderOf(names.slug), { id: owner.worktreeId, record }, notes, signal);
  }
  notes.worktree = target.worktree;
  await record(target.worktree);
  if (target.worktree.beingMade === undefined) return target.worktree;
  return ports.worktrees.finish(repository, target.worktree, signal);
}

/**
 * @param left what else that this run made could not be taken back, or was left: a delete has to find it in the record
 * @returns what was kept, undefined when nothing was
 */
export async function takeBack(
  ports: Ports,
  prepared: PreparedCreate,
  identity: Identity,
  notes: CheckoutNotes,
  left: Pick<CreationBegun, 'isLeft' | 'kept'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { worktrees, identities } = ports;
  const { target, repository } = prepared;
  const worktree = notes.worktree ?? (await findAdded(ports, prepared, notes, signal));
  if (!worktree) return undefined;
  if (notes.addingAt === undefined) {
    const before = recordBefore(prepared, identity, left);
    if (notes.wroteIdentity) await (before ? identities.write(worktree, before) : identities.remove(worktree));
    return undefined;
  }
  try {
    // A branch that was there before stays, and with it the commits that only it has.
    await worktrees.remove(repository, worktree, [], signal, { keepBranch: target.kind === 'existing' });
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    // With its record, so that the next create goes on with it instead of finding its branch taken.
    await identities.write(worktree, identity);
    const lost = error.losses.map((loss) => `${lossName(loss)} (${lossExamples(loss)})`).join(', ');
    return `the worktree ${worktree.path}, which has files in it that a removal would lose${lost && `: ${lost}`}`;
  }
  if (target.kind === 'new' || target.kind === 'tracking')
    await worktrees.deleteBranch(repository, target.branch, target.commit);
  else if (identity.createdBranch) return `the branch ${target.branch}, made by an earlier try`;
  return undefined;
}

/** The record as it was, which may be a copied repository's. With the parts that are left it is not quite that. */
function recordBefore(
  { recorded }: PreparedCreate,
  identity: Identity,
  { isLeft, kept }: Pick<CreationBegun, 'isLeft' | 'kept'>,
): Identity | undefined {
  if (!recorded || !isSameOwner(recorded.owner, identity.owner)) return recorded;
  return { ...recorded, parts: { ...(isLeft ? identity.parts : {}), ...recorded.parts, ...kept } };
}

async function add(
  ports: Ports,
  { target, repository, lockfiles, filesFrom }: PreparedCreate,
  folder: string,
  making: Making,
  notes: CheckoutNotes,
  signal: AbortSignal,
): Promise<Worktree> {
  // The commit whose file was read, and whose commands were approved.
  const { branch, commit } = target;
  const { worktrees } = ports;
  notes.addingAt = folder;
  try {
    if (target.kind === 'new' && !filesFrom) {
      const claimed = await claimReady(ports, { repository, folder, branch, commit, lockfiles, making }, signal);
      notes.isClaimed = claimed !== undefined;
      if (claimed) return claimed;
    }
    if (target.kind === 'new') {
      const leave = (paths: readonly string[]): void => void notes.leftOut.push(...paths);
      const filesOf = filesFrom && { filesOf: { worktree: filesFrom, leave } };
      return await worktrees.add(repository, { kind: 'new', folder, making, branch, base: commit, ...filesOf }, signal);
    }
    if (target.kind === 'tracking') {
      const { remoteBranch } = target;
      return await worktrees.add(
        repository,
        { kind: 'tracking', folder, making, branch, remoteBranch, commit },
        signal,
      );
    }
    return await worktrees.add(repository, { kind: 'existing', folder, making, branch, commit }, signal);
  } catch (error) {
    // Refused: what is in that place now is somebody else's.
    if (isAppError(error, 'conflict') || isAppError(error, 'invalidInput')) notes.addingAt = undefined;
    throw error;
  }
}

/** A worktree that was added although adding it failed. */
async function findAdded(
  { worktrees, paths }: Ports,
  { target, repository }: PreparedCreate,
  { addingAt: folder }: CheckoutNotes,
  signal: AbortSignal,
): Promise<Worktree | undefined> {
  if (folder === undefined) return undefined;
  const listed = await worktrees.list(repository, signal);
  return listed.find(
    ({ path, branch }) => branch === target.branch && paths.contains(path, folder) && paths.contains(folder, path),
  );
}
