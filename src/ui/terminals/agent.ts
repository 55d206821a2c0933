import * as vscode from 'vscode';
import type { AgentProgram } from '../../core/ports/agents';
import { folderUri } from '../editor/open';

/**
 * Starts the agent as the program of a terminal of its own. Nothing is typed: another extension or a slow shell would get in
 * between.
 */
export function openAgentTerminal(
  { file, argv, isVerbatim }: AgentProgram,
  folder: string,
  variables: Readonly<Record<string, string>>,
): void {
  const terminal = vscode.window.createTerminal({
    name: 'Agent',
    cwd: folderUri(folder),
    env: { ...variables },
    shellPath: file,
    // Windows has one command line; a text is that line as it is.
    shellArgs: isVerbatim ? argv.join(' ') : [...argv],
    iconPath: new vscode.ThemeIcon('sparkle'),
    isTransient: true,
  });
  terminal.show();
}
