import * as vscode from 'vscode';
import { countsText, schemaTexts, sideText } from '../../app/view/schemaTexts';
import { pickComparison } from '../database/pickComparison';
import { targetDatabase } from '../database/targetDatabase';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Shows side by side what an environment's database defines, and what its template or another environment's does. */
export const compareDatabase: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database schema to compare');
  if (!target) return;
  const { name, at } = target;
  const base = await pickComparison(context, target);
  if (!base) return;
  const { databases, log } = context.dependencies;
  const input = { folder: at.folder, with: base.path };
  const difference = await runWithProgress(`Comparing the database schema of ${name}`, databases.compare, input, log);
  if (difference.changes.length === 0) {
    const message = `The database schema of ${name} is that of ${sideText(difference.with)}: ${countsText(difference)}.`;
    return void vscode.window.showInformationMessage(linkless(message));
  }
  const { before, after } = schemaTexts(difference);
  const sides = [
    { name: difference.with.database, text: before },
    { name: difference.of.database, text: after },
  ] as const;
  await context.descriptions.compare(sides, `Schema: ${sideText(difference.with)} ↔ ${sideText(difference.of)}`);
};
