import * as vscode from 'vscode';
import type { CommandContext } from '../context/commandContext';
import { iconless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { hasDatabase, type DatabaseTarget } from './targetDatabase';

/** What an environment's database is compared with: `path` is another worktree's folder, undefined the template. undefined: they turned away. */
export async function pickComparison(
  { snapshot }: Pick<CommandContext, 'snapshot'>,
  { name, at }: DatabaseTarget,
): Promise<{ readonly path: string | undefined } | undefined> {
  const others = snapshot.entries.filter((entry) => hasDatabase(entry) && entry.worktree.path !== at.path);
  const items = [
    {
      label: 'Template',
      description: 'what new databases are cloned from',
      iconPath: icon('database'),
      path: undefined,
    },
    ...others.map((entry) => ({
      label: iconless(plainWorktreeName(entry)),
      description: iconless(entry.environment?.database ?? ''),
      iconPath: icon('git-branch'),
      path: entry.worktree.path,
    })),
  ];
  return vscode.window.showQuickPick(items, {
    title: `Compare the Database Schema of ${name}`,
    placeHolder: 'Choose what to compare it with; nothing is changed',
    matchOnDescription: true,
  });
}

function icon(name: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name);
}
