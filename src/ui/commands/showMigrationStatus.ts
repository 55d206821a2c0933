import * as vscode from 'vscode';
import { migrationLines } from '../../app/view/migrationView';
import { targetDatabase } from '../database/targetDatabase';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Says how far an environment's database is, by the migrations of its worktree. */
export const showMigrationStatus: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose migrations to compare');
  if (!target) return;
  const { name, at, row } = target;
  const { databases, log } = context.dependencies;
  const input = { folder: at.folder };
  const status = await runWithProgress(`Looking at the migrations of ${name}`, databases.status, input, log);
  const detail = linkless(migrationLines(status).join('\n'));
  const migrate = 'Migrate Database';
  const buttons = status.migrations.some(({ behind }) => behind.length > 0) ? [migrate] : [];
  const question = `Migrations of ${name}`;
  const chosen = await vscode.window.showInformationMessage(linkless(question), { modal: true, detail }, ...buttons);
  if (chosen === migrate) await vscode.commands.executeCommand('coppice.migrateDatabase', row);
};
