import * as vscode from 'vscode';
import type { AgentProgram } from '../../core/ports/agents';
import { folderUri } from '../editor/open';

const agentTerminalName = 'Agent';

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
    name: agentTerminalName,
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

/**
 * The terminal in which an agent runs: the one that it is the program of, else the one in which it was started here; undefined: it runs
 * in none of this window.
 */
export async function agentTerminal(pid: number | undefined): Promise<vscode.Terminal | undefined> {
  const { terminals } = vscode.window;
  const pids = await Promise.all(terminals.map((terminal) => terminal.processId));
  const own = terminals.find((_, index) => pid !== undefined && pids[index] === pid);
  return own ?? terminals.find(({ name }) => name === agentTerminalName);
}
