import * as vscode from 'vscode';
import { takesPrompt, type AgentTask } from '../../core/agentTask';
import type { CommandContext } from '../context/commandContext';
import { readSettings } from '../editor/settings';

/**
 * What an agent is to do in what is about to be made, asked where its command takes a prompt. Its program is looked for now: who does
 * not have it learns that before anything is made.
 *
 * @returns undefined: the person turned away
 * @throws missingTool, notConfigured
 */
export async function askAgentTask(
  { dependencies }: Pick<CommandContext, 'dependencies'>,
  title: string,
  folder: string,
): Promise<AgentTask | undefined> {
  const command = readSettings()['agent.command'];
  await dependencies.agents.find(command, folder);
  if (!takesPrompt(command)) return {};
  const text = await vscode.window.showInputBox({
    title,
    prompt: 'What is the agent to do? It starts with this once the environment is ready.',
    placeHolder: 'Leave it empty to tell the agent yourself',
    ignoreFocusOut: true,
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? {} : { prompt: text };
}
