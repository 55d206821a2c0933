import * as vscode from 'vscode';
import type { Promotion } from '../../app/promote/promoteBranch';
import type { PromotionPlan, PromotionRequest } from '../../app/promote/planPromotion';
import { refuseObstacles } from '../../app/promote/promotionObstacles';
import { doneText, planLines, undoCommand } from '../../app/promote/promotionText';
import { AppError } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { worktreeItems } from '../context/prompts';
import { deleteManyInteractively } from '../delete/deleteManyFlow';
import { openFolder } from '../editor/open';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';
import { act } from '../report/remedies';

const openWorktree = 'Open Worktree';
const deleteAttempts = 'Delete Attempts…';
const undoInTerminal = 'Undo in Terminal…';

/** Says what a merge of a worktree's branch does, merges where a person says yes, and leads on to deleting the others. */
export async function promoteInteractively(context: CommandContext, entry: WorktreeEntry): Promise<void> {
  const { worktree } = entry;
  const name = plainWorktreeName(entry);
  if (worktree.branch === undefined)
    throw new AppError('invalidInput', `No branch is checked out in ${worktree.path}: make one of its commits first.`, {
      remedy: { title: 'Open That Worktree', action: { kind: 'openWorktree', path: worktree.path } },
    });
  const { promotions, log } = context.dependencies;
  // Not from the worktree itself, which may be deleted afterwards.
  const request = { folder: context.snapshot.repository?.root ?? worktree.path, branch: worktree.branch };
  const plan = await runWithProgress(`Looking at ${name}`, promotions.plan, request, log);
  const said = await ask(plan);
  if (said === openWorktree) return openFolder(worktree.path);
  if (said === undefined) return;
  const asked: PromotionRequest = { ...request, committedOnly: true };
  const promotion =
    plan.look.kind === 'none'
      ? { repository: plan.repository, look: plan.look, to: plan.look.from, proposed: undefined, dropped: [] }
      : await runWithProgress(
          `Merging ${name} into ${plan.look.base}`,
          promotions.promote,
          { ...asked, seen: plan.look },
          log,
        );
  await tell(context, entry, promotion);
}

/** @throws conflict with what stands in the way, but for files that are not committed: those may stay where they are */
async function ask(plan: PromotionPlan): Promise<string | undefined> {
  const { look, obstacles } = plan;
  const { branch, base } = look;
  const open = obstacles.filter(({ kind }) => kind === 'uncommitted');
  refuseObstacles(
    look,
    obstacles.filter((obstacle) => !open.includes(obstacle)),
  );
  if (look.kind === 'none' && open.length === 0) return 'merged';
  const merge = `Merge into ${base}`;
  // The first is what Enter takes: it loses nothing, and leaves nothing out.
  const buttons =
    open.length === 0 ? [merge] : [openWorktree, ...(look.kind === 'none' ? [] : ['Merge What Is Committed'])];
  const detail = linkless([...open.map(({ text }) => text), ...planLines(plan), 'Nothing is pushed.'].join('\n'));
  const question = `Merge ${branch} into ${base}?`;
  return vscode.window.showWarningMessage(linkless(question), { modal: true, detail }, ...buttons);
}

async function tell(context: CommandContext, entry: WorktreeEntry, promotion: Promotion): Promise<void> {
  const { look } = promotion;
  const undo = undoCommand(promotion);
  const was = undo === undefined ? '' : ` It was at ${look.from.slice(0, 7)} before.`;
  const buttons = [deleteAttempts, ...(undo === undefined ? [] : [undoInTerminal])];
  const chosen = await vscode.window.showInformationMessage(linkless(`${doneText(promotion)}${was}`), ...buttons);
  if (chosen === undoInTerminal && undo !== undefined) await act({ kind: 'typeCommand', command: undo }, context);
  if (chosen === deleteAttempts) await chooseToDelete(context, entry, look.base);
}

/** The one that was merged may go as well: its commits are in the base now. */
async function chooseToDelete(context: CommandContext, promoted: WorktreeEntry, base: string): Promise<void> {
  const items = await worktreeItems(context, {
    isFit: ({ worktree }) => !worktree.isMain && worktree.branch !== base,
    none: 'There is no other worktree.',
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Delete Attempts',
    placeHolder: `Choose the worktrees to delete; ${plainWorktreeName(promoted)} is in ${base} now`,
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  const chosen = (picked ?? []).map(({ entry }) => entry);
  if (chosen.length > 0) await deleteManyInteractively(context, chosen);
}
