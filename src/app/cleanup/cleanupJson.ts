import { stateWords } from '../view/stateWords';
import type { CleanedUp, CleanupOutcome } from './cleanUp';
import type { CleanupRow, Protection } from './cleanupRow';
import type { CleanupList } from './listCleanup';
import { branchText, protectionText } from './cleanupText';

/*
 * What `coppice clean --json` prints. Fields are added, never renamed or taken away: others build on them.
 */

export function cleanupListJson({ rows, orphans, days }: CleanupList): object {
  return {
    days,
    worktrees: rows.map(rowJson),
    orphans: orphans.map(({ namespace, slug, folder }) => ({ namespace, slug, folder, words: stateWords.orphan })),
  };
}

export function cleanedUpJson({ outcomes }: CleanedUp): object {
  return { worktrees: outcomes.map(outcomeJson) };
}

function rowJson(row: CleanupRow): object {
  const { worktree, identity, view, size, madeAt, usedAt, branch, protections, untold, isProposed, goes } = row;
  return {
    name: view.name,
    path: worktree.path,
    branch: worktree.branch ?? null,
    head: worktree.head,
    bytes: size?.bytes ?? null,
    bytesAreAll: size?.isCut === false,
    madeAt: timeJson(madeAt),
    usedAt: timeJson(usedAt),
    commits: { ...(branch ?? { kind: 'unknown' }), words: branchText(row) },
    namespace: identity?.names.namespace ?? null,
    view: { state: view.state, words: view.words },
    protections: protections.map(protectionJson),
    untold,
    proposed: isProposed,
    goes: goes ? { what: goes.what, after: timeJson(goes.after) } : null,
  };
}

function outcomeJson(outcome: CleanupOutcome): object {
  const { worktree, kind } = outcome;
  const of = { name: worktree.branch ?? worktree.path, path: worktree.path, outcome: kind };
  switch (kind) {
    case 'removed':
      return { ...of, ...outcome.result };
    case 'kept':
      return { ...of, protections: outcome.protections.map(protectionJson) };
    case 'failed':
      return { ...of, error: { code: outcome.error.code, message: outcome.error.message } };
  }
}

function protectionJson(protection: Protection): object {
  const { kind } = protection;
  return {
    kind: kind === 'loss' ? protection.loss.kind : kind,
    words: protectionText(protection),
    ...(kind === 'loss' ? { count: protection.loss.count, examples: protection.loss.examples } : {}),
    ...(kind === 'program' ? { programs: protection.programs } : {}),
  };
}

function timeJson(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
