import * as vscode from 'vscode';
import { changeText, upToDateText } from '../../app/environment/update/updateChange';
import { needsCreate } from '../../app/view/needsCreate';
import { AppError } from '../../core/errors';
import type { CommandHandler } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';

/** Shows side by side what an environment was made from, and what it would be made from with an update, without doing any of it. */
export const showUpdateChanges: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose environment to compare with coppice.yaml',
    isFit: (each) => each.environment?.terminating === false && !needsCreate(each, context.snapshot),
    none: 'No worktree has an environment.',
  });
  if (!entry) return;
  const name = plainWorktreeName(entry);
  const { environments, log } = context.dependencies;
  const input = { folder: entry.worktree.path };
  const told = await runWithProgress(`Comparing ${name} with what runs`, environments.changes, input, log);
  if (!told) throw new AppError('notFound', `The worktree ${name} has no environment.`);
  const { changes, before, after } = told;
  if (changes.length === 0) return void vscode.window.showInformationMessage(linkless(`${name}: ${upToDateText}`));
  // What no value says, as a migration that runs, is told above them.
  const lines = changes.map((change) => `# ${linkless(changeText(change))}\n`).join('');
  const sides = [
    { name: `${name} as it runs`, text: before, ending: 'yaml' },
    { name: `${name} after an update`, text: `${lines}\n${after}`, ending: 'yaml' },
  ] as const;
  await context.descriptions.compare(sides, `What an Update Would Change: ${name}`);
};
