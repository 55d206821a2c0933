import { AppError, isAbort, toAppError } from '../../core/errors';
import { goesAfter, isOfNotice } from '../../core/services/goesAfter';
import type { Snapshot, UnclaimedEnvironment, WorktreeEntry } from '../../core/model';
import { eachOf } from '../run/eachOf';
import type { Run, UseCase } from '../run/run';
import type { CleanupPorts, CleanupScope } from './cleanupPorts';
import type { CleanupRow } from './cleanupRow';
import type { LookAtDelete } from '../environment/delete/lookAtDelete';
import { lookAtWorktree, sizeOf, unlessCancelled, untoldRow, type LookedAt } from './lookAtWorktree';

export interface ListCleanupRequest extends CleanupScope {
  /** Folders of the worktrees that are listed; undefined: all. */
  readonly paths?: readonly string[] | undefined;
  /** After how many days without use something is proposed; undefined: as the setting says. */
  readonly days?: number | undefined;
}

export interface CleanupList {
  /** In the order of `git worktree list`. */
  readonly rows: readonly CleanupRow[];
  /** Environments that no worktree has any more: their own command deletes them. */
  readonly orphans: readonly UnclaimedEnvironment[];
  /** After so many days without use something is proposed. */
  readonly days: number;
}

/** Each looks through a whole folder. */
const atOnce = 4;
const dayMs = 24 * 3600_000;

/**
 * All worktrees of a repository with what a cleanup must know of them: how large and how old they are, who else has their commits, and
 * why they stay. Starts and changes nothing. What cannot be told of one is a reason to leave it alone, and none to tell nothing.
 *
 * @throws invalidInput outside of a repository; the AbortError
 */
export function listCleanup(ports: CleanupPorts): UseCase<ListCleanupRequest, CleanupList> {
  return async ({ paths, days = ports.settings()['clean.days'], ...scope }, run) => {
    const looked = await lookAround(ports, scope, run);
    const { 'clean.automatic': automatic } = ports.settings();
    const { snapshot } = looked;
    const entries = snapshot.entries.filter(
      (entry) =>
        (scope.environmentOnly !== true || hasEnvironment(entry)) && paths?.includes(entry.worktree.path) !== false,
    );
    let finished = 0;
    const rows = await eachOf(entries, atOnce, run.signal, async (entry): Promise<CleanupRow> => {
      const [row, size] = await Promise.all([
        lookAtWorktree(ports, scope, entry, looked, run, true).catch((error: unknown) =>
          untoldRow(entry, looked, error),
        ),
        sizeOf(ports, entry, looked, run),
      ]);
      finished++;
      const title = `Look at ${row.view.name}`;
      run.report({ step: 'look', title, state: 'done', finished, total: entries.length });
      const goes = automatic === 'never' ? undefined : goesOf(row, looked);
      return { ...row, size, isProposed: isProposed(row, days, ports.clock.now()), ...(goes ? { goes } : {}) };
    });
    return { rows, orphans: snapshot.orphans, days };
  };
}

/** What is asked once for all of them. @throws invalidInput outside of a repository */
export async function lookAround(
  ports: Pick<CleanupPorts, 'readSnapshot' | 'programs' | 'visits' | 'usage' | 'notices' | 'lookAtDelete' | 'paths'>,
  { folder, here, unattended = false }: Omit<CleanupScope, 'environmentOnly'>,
  run: Run,
): Promise<LookedAt> {
  const snapshot: Snapshot = await ports.readSnapshot(folder, run.signal);
  const { repository, entries } = snapshot;
  if (!repository) throw new AppError('invalidInput', `${folder} is in no git repository.`);
  const paths = entries.map(({ worktree }) => worktree.path);
  const [programs, visits, usages, memory, lookAtDelete] = await Promise.all([
    ports.programs.in(paths, run.signal).catch(unlessCancelled),
    ports.visits(run.signal).catch(unlessCancelled),
    unattended ? ports.usage(repository.root, run.signal).catch(unlessCancelled) : undefined,
    ports.notices.read(repository.id).catch(unlessCancelled),
    ports.lookAtDelete({ folder: repository.root }, run).catch(refusing),
  ]);
  const own = here.flatMap((each) => innermostOf(ports, paths, each) ?? []);
  return { snapshot, repository, lookAtDelete, here: new Set(own), programs, visits, usages, memory };
}

/** What was used since, or is another by now, does not go, though the next look is the one that takes its notice back. */
function goesOf(
  { worktree, identity, usedAt = Infinity }: Pick<CleanupRow, 'worktree' | 'identity' | 'usedAt'>,
  { memory }: LookedAt,
): CleanupRow['goes'] {
  const notice = memory?.notices.find(({ worktreeId }) => worktreeId === identity?.owner.worktreeId);
  if (!notice || memory?.lookedAt === undefined) return undefined;
  if (!isOfNotice(worktree, notice) || usedAt > notice.usedAt) return undefined;
  return { what: notice.what, after: goesAfter(notice, memory.lookedAt) };
}

/** Where nobody can tell what a delete would lose, it is told so of each worktree. @throws the AbortError */
function refusing(error: unknown): LookAtDelete {
  if (isAbort(error)) throw error;
  const look = { losses: [], refusal: toAppError(error), asksForApproval: false, untold: [] };
  return async () => look;
}

/** Worktrees may lie inside one another. */
function innermostOf(
  { paths }: Pick<CleanupPorts, 'paths'>,
  worktrees: readonly string[],
  folder: string,
): string | undefined {
  return worktrees.filter((path) => paths.contains(path, folder)).sort((a, b) => b.length - a.length)[0];
}

/** What nobody can tell the last use of is proposed to nobody. */
export function isProposed(
  { protections, usedAt }: Pick<CleanupRow, 'protections' | 'usedAt'>,
  days: number,
  now: number,
): boolean {
  return protections.length === 0 && usedAt !== undefined && now - usedAt >= days * dayMs;
}

export function hasEnvironment({ identity, environment, elsewhere }: WorktreeEntry): boolean {
  return identity !== undefined || environment !== undefined || elsewhere !== undefined;
}
