import type { DeleteRequest } from '../../app/environment/requests';
import { programsText } from '../../app/view/deleteRemarks';
import { clusterText } from '../../core/clusters/clusterRules';
import type { AppError, Loss } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import { forGoodText } from '../../core/worktrees/lossText';
import { ownBranch } from '../../core/worktrees/ownBranch';
import { lossButton, lossLines } from './losses';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';

/** A modal question; each button but the editor's own Cancel leads on to something. */
export interface ModalQuestion<Answer> {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly { readonly title: string; readonly answer: Answer }[];
}

export type DeleteOptions = Pick<DeleteRequest, 'environmentOnly' | 'keepBranch' | 'accepted'>;

/**
 * What is asked first: it names what goes and loses no work, as nothing is accepted yet.
 *
 * @param programs who works in its folder
 */
export function firstQuestion(
  entry: WorktreeEntry,
  programs: readonly FolderProgram[] = [],
): ModalQuestion<DeleteOptions> {
  const { worktree, identity, environment } = entry;
  const name = plainWorktreeName(entry);
  const hasEnvironment = identity !== undefined || environment !== undefined;
  const database = environment
    ? environment.database && `the database ${environment.database} is`
    : 'its database, if it has one, is';
  const environmentLine = entry.elsewhere
    ? `Environment: it lives in ${clusterText(entry.elsewhere)}. Choose that cluster first to delete it, too.`
    : `Environment: the services stop${database === undefined ? '' : `, and ${database} deleted with its data`}${dataOf(identity)}.`;
  const environmentOnly = { title: 'Delete Environment Only', answer: { environmentOnly: true, accepted: [] } };
  if (worktree.isMain) {
    return {
      message: linkless(`Delete the environment of ${name}?`),
      detail: linkless(`${environmentLine}\nThe worktree stays: it is the repository's main one.`),
      buttons: [{ ...environmentOnly, title: 'Delete Environment' }],
    };
  }
  const goesWithBranch = ownBranch(worktree, identity) !== undefined;
  const detail = [
    ...(hasEnvironment ? [environmentLine] : []),
    worktree.prunable === undefined
      ? `Folder: ${worktree.path} is removed. Work that would be lost is asked about before.`
      : `Folder: ${worktree.path} is gone already; git forgets the worktree.`,
    ...(worktree.branch === undefined
      ? []
      : [`Branch: ${worktree.branch} ${goesWithBranch ? 'is deleted' : 'stays'}.`]),
    ...(programs.length === 0 ? [] : [`At work in the folder, and not ended: ${programsText(programs)}.`]),
  ];
  return {
    message: linkless(`Delete the worktree ${name}?`),
    detail: linkless(detail.join('\n')),
    buttons: [
      { title: 'Delete', answer: { keepBranch: !goesWithBranch, accepted: [] } },
      ...(goesWithBranch ? [{ title: 'Delete, Keep Branch', answer: { keepBranch: true, accepted: [] } }] : []),
      ...(hasEnvironment ? [environmentOnly] : []),
    ],
  };
}

/** Of what it uses besides. */
function dataOf(identity: WorktreeEntry['identity']): string {
  const used = Object.keys(identity?.parts.uses?.services ?? {});
  return used.length === 0 ? '' : `; the data of ${used.join(', ')} go with it`;
}

/**
 * What is asked when work would be lost. The first button, which Enter takes, loses nothing.
 *
 * @param losses all that stand in the way now
 * @param isKept whether a worktree goes into the trash, with its database
 */
export function lossQuestion(
  entry: WorktreeEntry,
  options: DeleteOptions,
  losses: readonly Loss[],
  isKept = false,
): ModalQuestion<DeleteOptions | 'look'> {
  const isUndoable = isKept && options.environmentOnly !== true && !entry.worktree.isMain;
  const kinds = [...new Set([...options.accepted, ...losses.map((loss) => loss.kind)])];
  const withoutUnpushed = losses.filter((loss) => loss.kind !== 'unpushed');
  const canKeepBranch = options.keepBranch !== true && withoutUnpushed.length < losses.length;
  const keepBranch = {
    title: withoutUnpushed.length === 0 ? 'Delete, Keep Branch' : `${lossButton(withoutUnpushed)}, keep the branch`,
    answer: { ...options, keepBranch: true, accepted: kinds.filter((kind) => kind !== 'unpushed') },
  };
  return {
    message: linkless(`Deleting ${plainWorktreeName(entry)} would lose work.`),
    detail: linkless(`${lossLines(losses)}\n${isUndoable ? wayBack(losses) : 'This cannot be undone.'}`),
    buttons: [
      { title: 'Open Worktree', answer: 'look' },
      ...(canKeepBranch ? [keepBranch] : []),
      { title: lossButton(losses), answer: { ...options, accepted: kinds } },
    ],
  };
}

/** The trash holds files, commits and databases, and no data of other services. */
function wayBack(losses: readonly Loss[]): string {
  const forGood = forGoodText(losses);
  if (forGood !== undefined) return forGood;
  if (losses.every(({ kind }) => kind === 'data')) return 'This cannot be undone.';
  const data = losses.some(({ kind }) => kind === 'data')
    ? ' What was written to other services is gone for good.'
    : '';
  return `Undo Delete brings back files, commits and the database while they are in the trash.${data}`;
}

/** What is asked when the repository's own teardown did not end well. The first button, which Enter takes, deletes nothing. */
export function teardownQuestion(
  entry: WorktreeEntry,
  options: DeleteOptions,
  { message, explanation, remedy }: Pick<AppError, 'message' | 'explanation' | 'remedy'>,
): ModalQuestion<DeleteOptions | 'look' | 'log'> {
  return {
    message: linkless(`Deleting ${plainWorktreeName(entry)}: its teardown did not end well.`),
    detail: linkless([message, explanation].filter(Boolean).join('\n')),
    buttons: [
      remedy ? { title: 'Show Log', answer: 'log' } : { title: 'Open Worktree', answer: 'look' },
      { title: 'Delete Anyway', answer: { ...options, accepted: [...options.accepted, 'teardown'] } },
    ],
  };
}
