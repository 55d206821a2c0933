import * as vscode from 'vscode';
import type { CleanupRow } from '../../app/cleanup/cleanupRow';
import {
  ageText,
  branchText,
  byItselfText,
  protectionsText,
  sizeText,
  untoldText,
} from '../../app/cleanup/cleanupText';
import { iconless, plainLine } from '../editor/text';

const hourMs = 3600_000;

/** A worktree to choose. */
export interface CleanupItem extends vscode.QuickPickItem {
  readonly row?: CleanupRow;
}

/**
 * What can go first, and of that what takes most; what stays comes after it, each with why. What is merged and was not used for long is
 * chosen already.
 *
 * @param now milliseconds since the epoch
 */
export function cleanupItems(rows: readonly CleanupRow[], now: number): CleanupItem[] {
  const bySize = [...rows].sort((a, b) => (b.size?.bytes ?? 0) - (a.size?.bytes ?? 0));
  const free = bySize.filter(({ protections }) => protections.length === 0);
  const others = bySize.filter(({ protections }) => protections.length > 0);
  return [...group('Can go', free, now), ...group('Stays', others, now)];
}

function group(title: string, rows: readonly CleanupRow[], now: number): CleanupItem[] {
  if (rows.length === 0) return [];
  return [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...rows.map((row) => itemOf(row, now))];
}

function itemOf(row: CleanupRow, now: number): CleanupItem {
  const { view, worktree, protections, isProposed, branch } = row;
  const stays = protections.length === 0 ? [] : [`Stays: ${protectionsText(protections)}`];
  return {
    label: iconless(view.name),
    description: iconless(cleanupFacts(row, now)),
    detail: iconless([...stays, worktree.path].join(' · ')),
    picked: isProposed && branch?.kind === 'merged',
    row,
  };
}

/** `1.2 GiB · unused for 9 days · merged into main (same patches) · asleep` */
export function cleanupFacts(row: CleanupRow, now: number): string {
  const { size, usedAt, identity, view, protections } = row;
  return [
    size ? sizeText(size) : '',
    usedAt === undefined ? '' : now - usedAt < hourMs ? 'used within the hour' : `unused for ${ageText(now - usedAt)}`,
    branchText(row),
    identity ? view.words : '',
    protections.length === 0 ? untoldText(row) : '',
    byItselfText(row, now),
  ]
    .filter((fact) => fact !== '')
    .map(plainLine)
    .join(' · ');
}
