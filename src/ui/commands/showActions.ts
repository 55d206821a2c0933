import * as vscode from 'vscode';
import { worktreeFacts, worktreeView } from '../../app/view/worktreeView';
import { actionsOf } from '../statusBar/actions';
import { iconless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** The quick actions behind the status-bar item. */
export const showActions: CommandHandler = async (context) => {
  const { windowEntry, snapshot } = context;
  const picked = await vscode.window.showQuickPick(
    actionsOf(windowEntry, snapshot).map(({ icon, title, command, detail, row }) => ({
      label: iconless(title),
      iconPath: new vscode.ThemeIcon(icon),
      description: iconless(detail),
      command,
      row,
    })),
    {
      placeHolder: windowEntry
        ? [plainWorktreeName(windowEntry), ...worktreeFacts(worktreeView(windowEntry, snapshot), windowEntry)].join(
            ' · ',
          )
        : 'This window shows no worktree',
    },
  );
  if (picked) await vscode.commands.executeCommand(picked.command, ...(picked.row === undefined ? [] : [picked.row]));
};
