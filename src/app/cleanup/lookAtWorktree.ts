import { traitsOf } from '../../core/clusterTraits';
import { isAbort, toAppError } from '../../core/errors';
import type { Repository, Snapshot, WorktreeEntry } from '../../core/model';
import { ownBranch } from '../../core/worktrees/ownBranch';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import type { FolderSize } from '../../core/ports/worktreeFacts';
import type { BranchState } from '../../core/worktrees/branchState';
import type { Run } from '../run/run';
import type { LookAtDelete } from '../environment/delete/lookAtDelete';
import { stateWords } from '../view/stateWords';
import { worktreeView } from '../view/worktreeView';
import type { CleanupPorts, CleanupScope } from './cleanupPorts';
import type { CleanupRow, Protection } from './cleanupRow';
import { unattendedProtections, type Unattended } from './unattendedProtections';

export interface LookedAt extends Unattended {
  readonly snapshot: Snapshot;
  readonly repository: Repository;
  readonly lookAtDelete: LookAtDelete;
  /** Paths of the worktrees in which whoever asks is at work. */
  readonly here: ReadonlySet<string>;
  /** By folder; undefined: nobody can tell, and then there may be some in each. */
  readonly programs: ReadonlyMap<string, readonly FolderProgram[]> | undefined;
}

/**
 * What a cleanup must know of one worktree, but for its size.
 *
 * @param startsNothing what cannot be told without starting something is left open
 * @throws the AbortError
 */
export async function lookAtWorktree(
  ports: CleanupPorts,
  scope: CleanupScope,
  entry: WorktreeEntry,
  looked: LookedAt,
  run: Run,
  startsNothing = false,
): Promise<Omit<CleanupRow, 'size' | 'isProposed'>> {
  const { worktree, identity } = entry;
  const { repository, snapshot } = looked;
  const isThere = worktree.prunable === undefined;
  const known = async <T>(asking: Promise<T>): Promise<T | undefined> => asking.catch(unlessCancelled);
  const [times, changedAt, branch] = await Promise.all([
    ports.facts.times(worktree),
    isThere ? known(ports.worktrees.lastChange(worktree, run.signal)) : undefined,
    known(ports.facts.branchState(repository, worktree, run.signal)),
  ]);
  const commitAt = Date.parse(entry.status?.lastCommit?.date ?? '');
  const used = [
    changedAt,
    times.environmentAt,
    times.madeAt,
    times.placedAt,
    visitedAt(entry, looked),
    identity && looked.memory?.usedAt[identity.owner.worktreeId],
    ...(Number.isNaN(commitAt) ? [] : [commitAt]),
  ];
  return {
    worktree,
    identity,
    view: worktreeView(entry, snapshot),
    madeAt: times.madeAt,
    // What its files do not tell may be the last use.
    usedAt: changedAt === undefined ? undefined : Math.max(...used.filter((at) => at !== undefined)),
    branch,
    ...(await protectionsOf(scope, entry, looked, { branch, startsNothing }, run)),
  };
}

/** When somebody last asked its services for something, where the cluster knows it. Files may tell nothing of that. */
function visitedAt({ identity }: WorktreeEntry, { visits }: Pick<LookedAt, 'visits'>): number | undefined {
  return identity && traitsOf(identity.cluster).isProcess ? visits?.get(identity.names.namespace) : undefined;
}

/** One that cannot be looked at stays, and says why. @throws the AbortError */
export function untoldRow(
  entry: WorktreeEntry,
  { snapshot }: Pick<LookedAt, 'snapshot'>,
  error: unknown,
): Omit<CleanupRow, 'size' | 'isProposed'> {
  if (isAbort(error)) throw error;
  const { worktree, identity } = entry;
  const text = `it cannot be looked at: ${toAppError(error).message.replace(/\.$/, '')}`;
  return {
    ...{ worktree, identity, view: worktreeView(entry, snapshot) },
    ...{ madeAt: undefined, usedAt: undefined, branch: undefined },
    protections: [{ kind: 'refused', text }],
    untold: [],
  };
}

/** @returns undefined: it cannot be told */
export async function sizeOf(
  ports: Pick<CleanupPorts, 'facts'>,
  { worktree }: WorktreeEntry,
  { snapshot }: Pick<LookedAt, 'snapshot'>,
  { signal }: Pick<Run, 'signal'>,
): Promise<FolderSize | undefined> {
  if (worktree.prunable !== undefined) return undefined;
  const others = snapshot.entries.map((entry) => entry.worktree.path).filter((path) => path !== worktree.path);
  return ports.facts.size(worktree, others, signal).catch(unlessCancelled);
}

async function protectionsOf(
  { environmentOnly = false, unattended = false }: CleanupScope,
  entry: WorktreeEntry,
  looked: LookedAt,
  { branch, startsNothing }: { readonly branch: BranchState | undefined; readonly startsNothing: boolean },
  run: Run,
): Promise<Pick<CleanupRow, 'protections' | 'untold'>> {
  const { worktree, identity } = entry;
  const { snapshot, programs, lookAtDelete, here } = looked;
  const found: Protection[] = unattended ? unattendedProtections(entry, looked) : [];
  if (worktree.isMain) found.push({ kind: 'main' });
  const isHere = here.has(worktree.path);
  if (isHere) found.push({ kind: 'here' });
  // One that is cut off may have put its files elsewhere: the command that finishes it asks for what is in them.
  if (entry.work !== undefined) found.push({ kind: 'underWay', text: stateWords[entry.work] });
  // Of those who ask the programs are known.
  if (!worktree.isMain && !isHere) {
    const inside = programs?.get(worktree.path) ?? [];
    if (inside.length > 0) found.push({ kind: 'program', programs: inside });
    // Where there is no folder nobody is in it.
    else if (!programs && worktree.prunable === undefined)
      found.push({ kind: 'refused', text: 'it cannot be told whether a program works in it' });
  }
  const hasSeenAll = identity === undefined || snapshot.cluster.state === 'online' || entry.elsewhere !== undefined;
  if (!hasSeenAll) found.push({ kind: 'refused', text: offlineText(snapshot) });
  // The main worktree is never removed: what is in it is of no interest here.
  if (worktree.isMain || (environmentOnly && !hasSeenAll)) return { protections: found, untold: [] };
  const request = {
    path: worktree.path,
    environmentOnly,
    keepBranch: ownBranch(worktree, identity) === undefined,
    worktreeAlone: !hasSeenAll,
    startsNothing,
  };
  const { losses, refusal, asksForApproval, untold } = await lookAtDelete(request, run.signal);
  found.push(...losses.map((loss): Protection => ({ kind: 'loss', loss })));
  if (asksForApproval) found.push({ kind: 'teardown' });
  if (refusal) found.push({ kind: 'refused', text: refusal.message });
  if (!environmentOnly)
    found.push(
      ...branchProtections(
        branch,
        losses.some(({ kind }) => kind === 'unpushed'),
      ),
    );
  return { protections: found, untold };
}

/** A branch that stays keeps its commits from a delete, and not from whoever cleans up the branch next. */
function branchProtections(branch: BranchState | undefined, isTold: boolean): Protection[] {
  if (isTold) return [];
  if (branch === undefined) return [{ kind: 'refused', text: 'it cannot be told what else has its commits' }];
  if (branch.kind === 'unpushed') return [{ kind: 'loss', loss: branch.loss }];
  return branch.kind === 'kept' ? [{ kind: 'local', by: branch.by }] : [];
}

function offlineText({ cluster }: Pick<Snapshot, 'cluster'>): string {
  const why = cluster.state === 'offline' ? `: ${cluster.reason.replace(/\.$/, '')}` : '';
  return `the cluster of its environment is offline${why}`;
}

/** What cannot be told of one worktree keeps nobody from hearing of the others. */
export function unlessCancelled(error: unknown): undefined {
  if (isAbort(error)) throw error;
}
