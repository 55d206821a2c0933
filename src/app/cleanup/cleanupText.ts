import { lossExamples, lossName } from '../../core/worktrees/lossText';
import { plural } from '../../core/text/plural';
import type { CleanupRow, Protection } from './cleanupRow';

/** Why something stays, in the words of a delete; a clause. It holds what others wrote: paths, branches, names of programs. */
export function protectionText(protection: Protection): string {
  switch (protection.kind) {
    case 'main':
      return 'the main worktree';
    case 'here':
      return 'this worktree';
    case 'underWay':
    case 'refused':
      return protection.text;
    case 'program': {
      const [first, ...others] = protection.programs;
      const more = others.length === 0 ? ' works' : ` and ${others.length} more work`;
      return `${first?.name ?? 'a program'} (process ${first?.pid ?? 0})${more} in it`;
    }
    case 'loss': {
      const examples = lossExamples(protection.loss);
      return examples === '' ? lossName(protection.loss) : `${lossName(protection.loss)} (${examples})`;
    }
    case 'local':
      return `its commits are only here, on ${protection.by}`;
    case 'teardown':
      return 'its teardown commands, which are not approved';
    case 'used':
      return 'used since it was proposed';
  }
}

/** All of them in one clause; '' where nothing protects it. */
export function protectionsText(protections: readonly Protection[]): string {
  return protections.map(protectionText).join(', ');
}

/** The same without examples: for where there is little room. */
export function briefProtection(protection: Protection): string {
  return protection.kind === 'loss' ? lossName(protection.loss) : protectionText(protection);
}

/** How a branch stands, in a few words. */
export function branchText({ branch }: Pick<CleanupRow, 'branch'>): string {
  switch (branch?.kind) {
    case 'merged':
      return `merged into ${branch.into} (${ruleTexts[branch.rule]})`;
    case 'pushed':
      return `pushed to ${branch.to}`;
    case 'kept':
      return `only in ${branch.by}`;
    case 'unpushed':
      return lossName(branch.loss);
    case undefined:
      return 'unknown';
  }
}

/** Whether it would go, and why: `goes: …` or `stays: …`. @param now milliseconds since the epoch */
export function verdictText(row: CleanupRow, days: number, now: number): string {
  const { protections, usedAt, isProposed } = row;
  const itself = byItselfText(row, now);
  const stays = protections.length > 0 ? protectionsText(protections) : isProposed ? '' : unripeText(row, days);
  if (stays !== '') return `stays: ${[stays, itself].filter((text) => text !== '').join('; ')}`;
  const unused = usedAt === undefined ? '' : `, unused for ${ageText(now - usedAt)}`;
  const facts = [`${branchText(row)}${unused}`, untoldText(row), itself];
  return `goes: ${facts.filter((text) => text !== '').join(', ')}`;
}

/** What goes without anybody saying so, and when, in a clause; '' where nothing does. @param now milliseconds since the epoch */
export function byItselfText({ goes }: Pick<CleanupRow, 'goes'>, now: number): string {
  if (!goes) return '';
  const left = goes.after - now;
  const when = left <= 0 ? 'with the next look' : `in ${ageText(Math.ceil(left / hourMs) * hourMs)} at the earliest`;
  return `${goes.what === 'environment' ? 'its environment' : 'it'} goes by itself ${when}`;
}

/** What is looked for only before it is removed, in a clause; '' where all is known. */
export function untoldText({ untold }: Pick<CleanupRow, 'untold'>): string {
  if (untold.length === 0) return '';
  return `${untold.map((kind) => lossName({ kind, count: 1 })).join(', ')} is looked for first`;
}

/** Why what nothing protects is not proposed. */
export function unripeText({ usedAt }: Pick<CleanupRow, 'usedAt'>, days: number): string {
  return usedAt === undefined ? 'its last use is not known' : `used within ${plural(days, 'day')}`;
}

const ruleTexts = {
  sameCommit: 'same commit',
  ancestor: 'no commits of its own',
  samePatches: 'same patches',
  sameFiles: 'same files',
  addsNothing: 'a merge adds nothing',
} as const;

const hourMs = 3600_000;
const dayMs = 24 * hourMs;

/** `12 days`, `5 hours`, `0 hours`; a clock that went backwards is no age. */
export function ageText(ms: number): string {
  if (ms >= dayMs) return plural(Math.floor(ms / dayMs), 'day');
  return plural(Math.max(0, Math.floor(ms / hourMs)), 'hour');
}

/** `1.2 GiB`; `> 1.2 GiB` where not all was looked at. */
export function sizeText({ bytes, isCut }: NonNullable<CleanupRow['size']>): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${isCut ? '> ' : ''}${power === 0 ? amount : amount.toFixed(1)} ${units[power] ?? 'B'}`;
}
