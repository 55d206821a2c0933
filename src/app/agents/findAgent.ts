import type { SandboxPlan } from '../../core/agents/sandboxPlan';
import { wantsPromptFile, type AgentTask } from '../../core/agents/agentTask';
import { AppError, isAppError } from '../../core/errors';
import type { AgentProgram, AgentPrograms } from '../../core/ports/agents';
import type { KeptTexts } from '../../core/ports/keptTexts';

export interface FindAgentPorts {
  readonly programs: Pick<AgentPrograms, 'find'>;
  readonly kept: KeptTexts;
  /** What commands may do in the sandbox of an agent in this folder. */
  readonly planSandbox: (folder: string, signal: AbortSignal) => Promise<SandboxPlan>;
}

/** Milliseconds. */
const planPatience = 30_000;

/** Linux gives a program no argument of more than 128 KiB. What Windows allows besides is refused when the program is found. */
const maxCharacters = 30_000;

/**
 * The program of an agent with what it is to do. A prompt is an argument of its own; one that cannot be, because it is long or because
 * Windows gives a program no such text, lies in a file of this user for a day, which the agent is told to read.
 *
 * @throws notConfigured, missingTool, invalidInput
 */
export function findAgent({ programs, kept, planSandbox }: FindAgentPorts) {
  return async (command: string, folder: string, task: AgentTask = {}): Promise<AgentProgram> => {
    const { prompt, ...rest } = task;
    const sandbox = task.isSandboxed ? await planSandbox(folder, AbortSignal.timeout(planPatience)) : undefined;
    const find = (what: AgentTask, promptFile?: string): Promise<AgentProgram> =>
      programs.find(command, folder, what, promptFile, sandbox);
    if (prompt === undefined) return find(task);
    if (prompt.trim() === '') throw new AppError('invalidInput', 'The prompt is empty.');
    if (prompt.includes('\0')) throw new AppError('invalidInput', 'The prompt is no text: it has a character zero.');
    const file = async (): Promise<string> => {
      const path = await kept.keep(folder, 'prompt', prompt.split('\n'));
      if (path !== undefined) return path;
      throw new AppError('failed', 'The prompt needs a file, and none can be written.');
    };
    if (wantsPromptFile(command)) return find(task, await file());
    const asFile = async (): Promise<AgentProgram> =>
      find({ ...rest, prompt: `Read the file ${await file()} and do what it says.` });
    if (prompt.length > maxCharacters) return asFile();
    try {
      return await find(task);
    } catch (error) {
      if (!isAppError(error, 'invalidInput')) throw error;
      return asFile();
    }
  };
}
