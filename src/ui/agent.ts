import * as vscode from 'vscode';
import { folderUri } from './open';
import { readSettings } from './settings';

/** Starts the agent in a terminal. What is typed into it is the person's own setting, and nothing of the repository's. */
export function openAgentTerminal(folder: string, variables: Readonly<Record<string, string>>): void {
  const terminal = vscode.window.createTerminal({
    name: 'Agent',
    cwd: folderUri(folder),
    env: { ...variables },
    iconPath: new vscode.ThemeIcon('sparkle'),
    isTransient: true,
  });
  terminal.show();
  terminal.sendText(readSettings()['agent.command']);
}
