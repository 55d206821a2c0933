import { isAppError } from '../../core/errors';
import { goesAfter, noticeMs } from '../../core/services/goesAfter';
import type { Repository, WorktreeEntry } from '../../core/model';
import type { CleanupMemory, CleanupNotice } from '../../core/ports/cleanupNotices';
import type { Locks } from '../../core/ports/host';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import { eachOf } from '../run/eachOf';
import type { Run, UseCase } from '../run/run';
import { withLock } from '../run/withLock';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';
import { changeCleanupMemory } from './cleanupMemory';
import type { CleanupPorts, CleanupScope } from './cleanupPorts';
import type { CleanupRow } from './cleanupRow';
import { cleanUp, isWhatWasSeen, type CleanupOutcome } from './cleanUp';
import { isProposed, lookAround } from './listCleanup';
import { lookAtWorktree, unlessCancelled, untoldRow } from './lookAtWorktree';

export interface CollectPorts extends CleanupPorts {
  readonly worktrees: Worktrees;
  readonly identities: Identities;
  readonly locks: Locks;
  readonly paths: WorktreeAtPorts['paths'];
}

export interface Collected {
  /** Notice that was given now. */
  readonly given: readonly Given[];
  /** What became of those whose time was over. */
  readonly taken: readonly Taken[];
}

export interface Given {
  /** What a person calls it: its branch. */
  readonly name: string;
  readonly path: string;
  readonly notice: CleanupNotice;
  /** Milliseconds since the epoch, at the earliest. */
  readonly goesAfter: number;
}

export interface Taken {
  readonly name: string;
  readonly notice: CleanupNotice;
  /** undefined: there is no such worktree any more. */
  readonly outcome: CleanupOutcome | undefined;
}

type Proposed = Pick<CleanupNotice, 'what'> & { readonly row: CleanupRow };

const hourMs = 3600_000;
/** Each look goes through all files. */
const lookEveryMs = hourMs;
/**
 * What a look adds to a notice at most: a clock that jumps, a machine that was off, and a setting that was, are no day in which anybody
 * could see it. After longer without a look the notice is seen once more before its time is over.
 */
const mostMs = 3 * hourMs;
/** After so long without a look nobody has seen it, and it is given anew. */
const staleMs = 72 * hourMs;
const atOnce = 4;

/**
 * Where a person has switched that on (`clean.automatic`): gives notice of what nobody has used for as long as the setting says, and removes
 * what such notice has stood for a day of, as a cleanup does that nobody accepts any loss for. All is looked at anew right before. Only
 * environments that Coppice made, on a cluster that tells when they were used, and where all can be told. Looks once an hour, whoever
 * asks; done by two at once, one does it.
 *
 * @throws invalidInput outside of a repository; failed where what was recorded cannot be understood: nothing goes then
 */
export function collectUnused(ports: CollectPorts): UseCase<Pick<CleanupScope, 'folder' | 'here'>, Collected> {
  return async ({ folder, here }, { signal }) => {
    const nothing: Collected = { given: [], taken: [] };
    if (ports.settings()['clean.automatic'] === 'never') {
      await forgetNotices(ports, folder, signal).catch(unlessCancelled);
      return nothing;
    }
    const repository = await ports.worktrees.repository(folder, signal);
    await countAsUsed(ports, repository, here, signal);
    if (!isDue(await ports.notices.read(repository.id), ports.clock.now())) return nothing;
    // Nobody is asked, and nobody waits for news of each.
    const run: Run = { signal, report: () => undefined };
    try {
      return await withLock(ports.locks, `collect ${repository.id}`, 'what nobody uses is looked for', () =>
        collect(ports, repository, here, run),
      );
    } catch (error) {
      if (isAppError(error, 'conflict')) return nothing;
      throw error;
    }
  };
}

/** Whoever switches it on again has the whole day again. */
async function forgetNotices(ports: CollectPorts, folder: string, signal: AbortSignal): Promise<void> {
  const { id } = await ports.worktrees.repository(folder, signal);
  if ((await ports.notices.read(id)).notices.length === 0) return;
  await changeCleanupMemory(ports, id, (memory) => ({ ...memory, notices: [] }), signal);
}

/** Whether that may go by itself, as the setting says by now. */
function goesByItself({ settings }: CollectPorts, what: CleanupNotice['what']): boolean {
  const { 'clean.automatic': automatic } = settings();
  return automatic === 'worktrees' || (automatic === 'environments' && what === 'environment');
}

/** Not before an hour after the last look, unless that was in a time to come: the clock was put right. */
function isDue({ lookedAt }: CleanupMemory, now: number): boolean {
  return lookedAt === undefined || now < lookedAt || now - lookedAt >= lookEveryMs;
}

/** Whoever is in a worktree uses it, though no file of it says so. */
async function countAsUsed(
  ports: CollectPorts,
  repository: Repository,
  here: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const found = await Promise.all(here.map((folder) => worktreeAt(ports, folder, signal).catch(unlessCancelled)));
  const ids = found.flatMap((at) =>
    at?.identity && at.repository.id === repository.id ? at.identity.owner.worktreeId : [],
  );
  const now = ports.clock.now();
  const { usedAt } = await ports.notices.read(repository.id);
  const news = ids.filter((id) => Math.abs(now - (usedAt[id] ?? 0)) >= lookEveryMs);
  if (news.length === 0) return;
  const changed = Object.fromEntries(news.map((id) => [id, now]));
  await changeCleanupMemory(ports, repository.id, (was) => ({ ...was, usedAt: { ...was.usedAt, ...changed } }), signal);
}

async function collect(
  ports: CollectPorts,
  repository: Repository,
  here: readonly string[],
  run: Run,
): Promise<Collected> {
  const now = ports.clock.now();
  const before = await ports.notices.read(repository.id);
  // Another one has looked meanwhile.
  if (!isDue(before, now)) return { given: [], taken: [] };
  const settings = ports.settings();
  // Even where a cleanup proposes all, nothing goes by itself that was used a moment ago.
  const days = Math.max(1, settings['clean.days']);
  const scope = { folder: repository.root, here, unattended: true };
  const looked = await lookAround(ports, scope, run);
  const { entries } = looked.snapshot;
  const candidates = entries.filter(({ identity, worktree }) => identity !== undefined && !worktree.isMain);
  const kinds =
    settings['clean.automatic'] === 'worktrees' ? (['worktree', 'environment'] as const) : (['environment'] as const);
  const found = await eachOf(candidates, atOnce, run.signal, async (entry): Promise<Proposed | undefined> => {
    for (const what of kinds) {
      const asked = { ...scope, environmentOnly: what === 'environment' };
      const seen = await lookAtWorktree(ports, asked, entry, looked, run, true).catch((error: unknown) =>
        untoldRow(entry, looked, error),
      );
      const row = { ...seen, size: undefined, isProposed: isProposed(seen, days, now) };
      // What could be told only by starting something is not known, and a notice that is not kept is none.
      if (row.isProposed && row.untold.length === 0) return { what, row };
    }
    return undefined;
  });
  const noticed = found.flatMap((each) => (each ? [{ ...each, notice: noticeOf(each, before, now) }] : []));
  const remember = (change: (memory: CleanupMemory) => CleanupMemory): Promise<void> =>
    changeCleanupMemory(ports, repository.id, change, run.signal);
  // A record that cannot be read may be that of one that somebody keeps.
  const areAllKnown = entries.every(({ damaged }) => damaged === undefined);
  const isThere = idsOf(entries);
  await remember(({ usedAt }) => ({
    lookedAt: now,
    // Whoever has kept one since has the last word.
    notices: noticed.map(({ notice }) => notice).filter((each) => (usedAt[each.worktreeId] ?? 0) <= each.usedAt),
    usedAt: areAllKnown ? Object.fromEntries(Object.entries(usedAt).filter(([id]) => isThere.has(id))) : usedAt,
  }));
  const taken: Taken[] = [];
  for (const { row, what, notice } of noticed) {
    // Looks and removals take their time: whoever has changed the setting since has the last word.
    if (notice.stood < noticeMs || !goesByItself(ports, what)) continue;
    const { path } = row.worktree;
    const isWanted = (): boolean => goesByItself(ports, what);
    const asked = { ...scope, environmentOnly: what === 'environment', paths: [path], seen: [row], days, isWanted };
    const { outcomes } = await cleanUp(ports)(asked, run);
    const [outcome] = outcomes;
    taken.push({ name: row.view.name, notice, outcome });
    await remember((memory) => ({ ...memory, notices: withoutTaken(memory.notices, notice, outcome, now) }));
  }
  const given = noticed
    .filter(({ notice }) => notice.givenAt === now)
    .map(({ row, notice }) => ({
      ...{ name: row.view.name, path: row.worktree.path, notice },
      goesAfter: goesAfter(notice, now),
    }));
  return { given, taken };
}

/** The one that there is, for as long as nobody has used it and somebody has looked; else a new one. */
function noticeOf({ what, row }: Proposed, { notices, lookedAt }: CleanupMemory, now: number): CleanupNotice {
  const { worktree, identity, usedAt = now } = row;
  const { gitDir, branch, head } = worktree;
  const worktreeId = identity?.owner.worktreeId ?? '';
  const was = notices.find((each) => each.worktreeId === worktreeId && each.what === what);
  const sinceMs = lookedAt === undefined ? Number.NaN : now - lookedAt;
  const stands =
    was && sinceMs < staleMs && isWhatWasSeen({ worktree: was }, row) && usedAt <= was.usedAt && was.givenAt <= now;
  if (stands) {
    const stood = was.stood + Math.min(mostMs, Math.max(0, sinceMs));
    return { ...was, stood: sinceMs <= mostMs ? stood : Math.min(stood, noticeMs - lookEveryMs) };
  }
  const seen = { gitDir, ...(branch === undefined ? {} : { branch }), head };
  return { worktreeId, what, ...seen, usedAt, givenAt: now, stood: 0 };
}

/** One that could not be removed gets its day again: nobody tries without an end. */
function withoutTaken(
  notices: readonly CleanupNotice[],
  taken: CleanupNotice,
  outcome: CleanupOutcome | undefined,
  now: number,
): readonly CleanupNotice[] {
  return notices.flatMap((each) => {
    if (each.worktreeId !== taken.worktreeId) return each;
    return outcome?.kind === 'failed' ? { ...each, givenAt: now, stood: 0 } : [];
  });
}

function idsOf(entries: readonly WorktreeEntry[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ identity }) => identity?.owner.worktreeId ?? []));
}
