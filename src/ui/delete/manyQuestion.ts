import type { DeleteLook } from '../../app/environment/delete/lookAtDelete';
import { programsText } from '../../app/view/deleteRemarks';
import { lossKinds, type Loss } from '../../core/errors';
import { forGoodText, lossNames } from '../../core/worktrees/lossText';
import type { WorktreeEntry } from '../../core/model';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import { plural } from '../../core/text/plural';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import type { ModalQuestion } from './deleteQuestions';
import { lossButton } from './losses';

export interface LookedAtEntry {
  readonly entry: WorktreeEntry;
  readonly look: DeleteLook;
  /** Who works in its folder, and is not ended. */
  readonly programs?: readonly FolderProgram[] | undefined;
}

type ManyAnswer =
  | { readonly kind: 'delete'; readonly entries: readonly LookedAtEntry[] }
  | { readonly kind: 'look'; readonly entry: WorktreeEntry };

/**
 * The one question before several are deleted: each by its name with what would be lost with it. The first button, which Enter takes, loses nothing.
 *
 * @param isKept whether worktrees go into the trash
 */
export function manyQuestion(all: readonly LookedAtEntry[], isKept: boolean): ModalQuestion<ManyAnswer> {
  const can = all.filter(({ look }) => look.refusal === undefined);
  const losing = can.filter(({ look }) => look.losses.length > 0);
  const free = can.filter(({ look }) => look.losses.length === 0);
  const losses = sumOf(losing.flatMap(({ look }) => look.losses));
  const [first] = losing;
  return {
    message:
      can.length === 0
        ? 'None of these can be deleted.'
        : `Delete ${plural(can.length, 'worktree')} and what runs for ${can.length === 1 ? 'it' : 'them'}?`,
    detail: linkless(
      [...all.map(lineOf), can.length === 0 ? '' : wayBack(can, losses, isKept)].filter(Boolean).join('\n'),
    ),
    buttons: [
      ...(free.length === 0
        ? []
        : [
            {
              title: losing.length === 0 ? 'Delete' : `Delete Only ${free.length} Without Losses`,
              answer: { kind: 'delete', entries: free },
            } as const,
          ]),
      ...(free.length > 0 || !first
        ? []
        : [{ title: 'Open Worktree', answer: { kind: 'look', entry: first.entry } } as const]),
      ...(losing.length === 0
        ? []
        : [{ title: lossButton(losses), answer: { kind: 'delete', entries: can } } as const]),
    ],
  };
}

function lineOf({ entry, look, programs = [] }: LookedAtEntry): string {
  const name = `• ${plainWorktreeName(entry)}`;
  if (look.refusal) return `${name} stays: ${look.refusal.message}`;
  const what = [
    entry.worktree.isMain ? 'the environment alone' : '',
    look.losses.length === 0 ? '' : `would lose ${lossNames(look.losses)}`,
  ].filter((text) => text !== '');
  const atWork = programs.length === 0 ? [] : [`at work in its folder, and not ended: ${programsText(programs)}`];
  const told = [...(what.length === 0 ? [] : [what.join(', ')]), ...atWork];
  return told.length === 0 ? name : `${name}: ${told.join('; ')}`;
}

/** The trash holds files, commits and databases, and no data of other services; of the main worktree nothing goes into it. */
function wayBack(can: readonly LookedAtEntry[], losses: readonly Loss[], isKept: boolean): string {
  if (!isKept || can.every(({ entry }) => entry.worktree.isMain)) return 'This cannot be undone.';
  const forGood = forGoodText(losses);
  if (forGood !== undefined) return forGood;
  const data = losses.some(({ kind }) => kind === 'data')
    ? ' What was written to other services is gone for good.'
    : '';
  return `Undo Delete brings back each worktree, and its database if it has one, while it is in the trash.${data}`;
}

/** One of each kind, in the order in which they are told. */
function sumOf(losses: readonly Loss[]): readonly Loss[] {
  const byKind = new Map<Loss['kind'], Loss>();
  for (const loss of losses) {
    const before = byKind.get(loss.kind);
    byKind.set(loss.kind, {
      kind: loss.kind,
      count: loss.count + (before?.count ?? 0),
      examples: [],
      ...(loss.isForGood || before?.isForGood ? { isForGood: true } : {}),
    });
  }
  return lossKinds.flatMap((kind) => byKind.get(kind) ?? []);
}
