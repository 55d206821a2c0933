import * as vscode from 'vscode';
import { comparisonText } from '../../app/compare/comparisonText';
import { AppError } from '../../core/errors';
import { plural } from '../../core/text/plural';
import type { WorktreeEntry } from '../../core/model';
import type { CommandContext, CommandHandler } from '../context/commandContext';
import { targetWorktrees, worktreeItems } from '../context/prompts';
import { lastSegment } from '../editor/paths';
import { plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';

const question = {
  placeholder: 'Choose the worktrees to compare',
  isFit: ({ worktree }: WorktreeEntry): boolean => worktree.prunable === undefined,
  none: 'There is no other worktree to compare with.',
};

const counted =
  'Commits and files since the last commit that all of them have; requests, errors and restarts of the last hour.';

/** Shows what several worktrees have done, side by side, as `coppice compare` does. */
export const compareWorktrees: CommandHandler = async (context, argument, selected = []) => {
  const compared = await chooseCompared(context, argument, selected);
  if (!compared) return;
  if (compared.length < 2) throw new AppError('invalidInput', 'A comparison needs two worktrees or more.');
  // What the view last saw may be a while ago.
  await context.refresh();
  const { diagnosis, log } = context.dependencies;
  const paths = compared.map(({ worktree }) => worktree.path);
  const input = { snapshot: context.snapshot, paths };
  const title = `Comparing ${plural(paths.length, 'worktree')}`;
  const comparison = await runWithProgress(title, diagnosis.compare, input, log);
  const table = comparisonText(comparison, plainLine, (left) => `and ${plural(left, 'other file')}`);
  const name = `Comparison of ${paths.map((path) => lastSegment(path)).join(', ')}`;
  await context.descriptions.showText({ name, text: `${counted}\n\n${table}\n` }, paths.join('\n'));
};

/** The selected rows; else that of the menu and those that a person chooses, or all of them by choice. undefined: they turned away. */
async function chooseCompared(
  context: CommandContext,
  argument: unknown,
  selected: readonly unknown[],
): Promise<readonly WorktreeEntry[] | undefined> {
  if (selected.length > 1) return targetWorktrees(context, argument, selected, question);
  const node = context.nodeOf(argument);
  const first = node && 'entry' in node ? node.entry : undefined;
  const isFit = (entry: WorktreeEntry): boolean => question.isFit(entry) && entry !== first;
  const items = await worktreeItems(context, { ...question, isFit });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Compare Worktrees',
    placeHolder: first ? `Choose what to compare ${plainWorktreeName(first)} with` : question.placeholder,
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked || picked.length === 0) return undefined;
  return [...(first ? [first] : []), ...picked.map(({ entry }) => entry)];
}
