import * as vscode from 'vscode';
import { takesPrompt, type AgentTask } from '../../core/agents/agentTask';
import type { CommandContext } from '../context/commandContext';
import { readSettings } from '../editor/settings';
import { keepPrompt, keptPrompt } from './keptPrompts';

/**
 * What an agent is to do in what is about to be made, asked where its command takes a prompt. Its program is looked for now: who does
 * not have it learns that before anything is made.
 *
 * @param branch where it is to work: what was typed for it before, and came to nothing, is there to be changed
 * @returns undefined: the person turned away
 * @throws missingTool, notConfigured
 */
export async function askAgentTask(
  context: Pick<CommandContext, 'dependencies' | 'remembered' | 'snapshot'>,
  title: string,
  folder: string,
  branch: string,
): Promise<AgentTask | undefined> {
  const command = readSettings()['agent.command'];
  await context.dependencies.agents.find(command, folder);
  if (!takesPrompt(command)) return {};
  const value = keptPrompt(context, branch);
  const text = await vscode.window.showInputBox({
    title,
    ...(value === undefined ? {} : { value }),
    prompt: 'What is the agent to do? It starts with this once the environment is ready.',
    placeHolder: 'Leave it empty to tell the agent yourself',
    ignoreFocusOut: true,
  });
  if (text === undefined) return undefined;
  const prompt = text.trim() === '' ? undefined : text;
  // Until an agent was asked for with it: what is to be made may not come to be.
  await keepPrompt(context, branch, prompt);
  return prompt === undefined ? {} : { prompt };
}
