import * as vscode from 'vscode';
import type { CommandContext } from '../context/commandContext';
import { worktreeItems } from '../context/prompts';
import { hasDatabase } from '../database/targetDatabase';
import { iconless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import type { DatabaseSource } from './askBranch';

/**
 * Whose database a new worktree gets a copy of; undefined when the person turned away.
 *
 * @param chosen until now: it can be taken back
 * @throws notFound when no worktree has one
 */
export async function askDatabaseSource(
  context: CommandContext,
  chosen: DatabaseSource | undefined,
): Promise<DatabaseSource | 'template' | undefined> {
  const items = await worktreeItems(context, {
    isFit: hasDatabase,
    none: 'No worktree has an environment with a database.',
  });
  const template = {
    label: 'Template',
    iconPath: new vscode.ThemeIcon('database'),
    description: `what new databases are cloned from, instead of that of ${iconless(chosen?.name ?? '')}`,
    entry: undefined,
  };
  const picked = await vscode.window.showQuickPick([...(chosen ? [template] : []), ...items], {
    placeHolder: 'Choose whose database the new one gets a copy of, as it is now, instead of one of the template',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  return picked.entry ? { name: plainWorktreeName(picked.entry), path: picked.entry.worktree.path } : 'template';
}
