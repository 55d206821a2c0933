import * as vscode from 'vscode';
import type { CommandContext } from '../context/commandContext';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import { targetDatabase } from './targetDatabase';

/** Says of an environment's database whether it may be deleted and replaced, and tells that it is so. */
export async function sayProtected(context: CommandContext, argument: unknown, isProtected: boolean): Promise<void> {
  const what = isProtected ? 'protect' : 'let go';
  const target = await targetDatabase(context, argument, `Choose the worktree whose database to ${what}`);
  if (!target) return;
  const { name, at } = target;
  const { databases, log } = context.dependencies;
  const title = isProtected ? `Protecting the database of ${name}` : `Letting the database of ${name} go`;
  const request = { folder: at.folder, of: { path: at.path }, isProtected };
  await runWithProgress(title, databases.protect, request, log);
  const message = isProtected
    ? `The database of ${name} is protected: it refuses Delete, Clean Up, Reset, Restore and Fork until Unprotect Database.`
    : `The database of ${name} is not protected any more.`;
  void vscode.window.showInformationMessage(linkless(message));
}
