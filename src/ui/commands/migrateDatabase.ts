import * as vscode from 'vscode';
import { migrationLines } from '../../app/view/migrationView';
import { targetDatabase } from '../database/targetDatabase';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Runs the migrate command of coppice.yaml on an environment's own database. */
export const migrateDatabase: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database to migrate');
  if (!target) return;
  const { name, at } = target;
  const { databases, log } = context.dependencies;
  const input = { folder: at.folder };
  const status = await runWithProgress(`Migrating the database of ${name}`, databases.migrate, input, log);
  const message = [`The database of ${name} is migrated.`, ...migrationLines(status)].join(' ');
  void vscode.window.showInformationMessage(linkless(message));
};
