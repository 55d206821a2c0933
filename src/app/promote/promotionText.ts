import { commandWord } from '../../core/text/commandWord';
import { lossExamples, lossNames } from '../../core/worktrees/lossText';
import { plural } from '../../core/text/plural';
import type { MergeLook } from '../../core/ports/branchMerges';
import type { Promotion } from './promoteBranch';
import type { PlannedDrop, PromotionPlan } from './planPromotion';
import { shortList } from './promotionObstacles';
import { proposalLine, proposedText } from './proposeBranch';

/** What would happen, a sentence a line; paths and subjects are other people's text. */
export function planLines({ look, overlaps, drops, proposal }: PromotionPlan): readonly string[] {
  const merge =
    look.kind === 'none'
      ? [`${look.base} has all of ${look.branch} already: there is nothing to merge.`]
      : [
          proposal ? proposalLine(look, proposal) : mergeText(look),
          commitsText(look),
          filesText(look),
          ...(proposal ? conflictText(look) : doubtText(look)),
        ];
  return [...merge, ...overlaps.map(overlapLine), ...drops.map(dropText)].filter((line) => line !== '');
}

function mergeText({ branch, base, kind, from, tip, place }: MergeLook): string {
  const how =
    kind === 'fastForward'
      ? `${base} goes from ${from.slice(0, 7)} on to ${tip.slice(0, 7)} (fast-forward)`
      : `${branch} (${tip.slice(0, 7)}) and ${base} (${from.slice(0, 7)}) are joined by a merge commit on ${base}`;
  return `${how}, ${place ? `with the files in ${place.worktree.path}` : 'which is checked out nowhere'}.`;
}

function commitsText({ commits, subjects }: MergeLook): string {
  const more = commits > subjects.length ? '; …' : '';
  return `${plural(commits, 'commit')} ${commits === 1 ? 'comes' : 'come'} in: ${subjects.join('; ')}${more}`;
}

function filesText({ files, isCut }: MergeLook): string {
  if (files.length === 0) return '';
  const sum = (of: (file: MergeLook['files'][number]) => number | undefined): number =>
    files.reduce((all, file) => all + (of(file) ?? 0), 0);
  const count = plural(files.length, 'file');
  const lines = `+${sum(({ added }) => added)} -${sum(({ removed }) => removed)}`;
  return `${count}${isCut ? ' or more' : ''} (${lines}): ${shortList(files.map(({ path }) => path))}`;
}

function doubtText({ conflicts, kind }: MergeLook): readonly string[] {
  return kind === 'merge' && conflicts === undefined
    ? [
        'This git cannot tell conflicts in advance, as 2.38 can: one would be found while it merges, and the merge taken back.',
      ]
    : [];
}

/** Whoever merges a pull request meets them. */
function conflictText({ conflicts = [], base }: MergeLook): readonly string[] {
  return conflicts.length === 0 ? [] : [`It is in conflict with ${base}: ${shortList(conflicts)}`];
}

/** "3 files are also changed in try-2: a.ts, b.ts, c.ts" */
export function overlapLine({ name, files }: PromotionPlan['overlaps'][number]): string {
  return `${plural(files.length, 'file')} ${files.length === 1 ? 'is' : 'are'} also changed in ${name}: ${shortList(files)}`;
}

function dropText({ name, worktree, keepBranch, look }: PlannedDrop): string {
  const branch = worktree.branch === undefined ? '' : keepBranch ? '; its branch stays' : ' with its branch';
  const losses = look.losses.map((loss) => {
    const examples = lossExamples(loss);
    return `${lossNames([loss])}${examples === '' ? '' : ` (${examples})`}`;
  });
  const lost = losses.length === 0 ? '' : ` That would lose ${losses.join(', ')}.`;
  const refused = look.refusal === undefined ? '' : ` ${look.refusal.message}`;
  return `The worktree ${name} is deleted${branch}.${lost}${refused}`;
}

/** What was done with the branch. */
export function doneText({ look, to, proposed }: Pick<Promotion, 'look' | 'to' | 'proposed'>): string {
  if (proposed) return proposedText(look, proposed);
  const { branch, base, kind, commits } = look;
  if (kind === 'none') return `${base} has all of ${branch} already.`;
  const how = kind === 'fastForward' ? 'fast-forward' : 'merge commit';
  return `${base} has ${branch} now: ${plural(commits, 'commit')}, ${how} ${to.slice(0, 7)}.`;
}

/** The command that takes the merge back, from any folder; undefined: nothing was merged. */
export function undoCommand({
  repository,
  look,
  to,
  proposed,
}: Pick<Promotion, 'repository' | 'look' | 'to' | 'proposed'>): string | undefined {
  const { kind, base, from, place } = look;
  if (kind === 'none' || proposed) return undefined;
  return place
    ? `git -C ${commandWord(place.worktree.path)} reset --keep ${from}`
    : `git -C ${commandWord(repository.root)} update-ref ${commandWord(`refs/heads/${base}`)} ${from} ${to}`;
}
