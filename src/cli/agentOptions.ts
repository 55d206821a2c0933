import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AgentTask } from '../core/agents/agentTask';
import { AppError } from '../core/errors';
import type { CliContext } from './context';

export interface AgentOptions {
  readonly go?: boolean;
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly continue?: boolean;
  readonly sandbox?: boolean;
}

/** Adds the options by which an agent is started in what a command makes. */
export function withAgentOptions(command: Command): Command {
  return command
    .option('--go', 'then start the agent in it, once it is ready')
    .option('--prompt <text>', 'with --go: what the agent is to do')
    .option('--prompt-file <file>', 'the same, as a file says it')
    .option('--continue', "with --go: go on with the agent's last session there")
    .option('--sandbox', "with --go: keep the agent's commands in its own sandbox (Claude Code)");
}

/** @returns undefined: no agent is wanted @throws invalidInput */
export async function agentTask({ cwd }: CliContext, options: AgentOptions): Promise<AgentTask | undefined> {
  const { go, prompt, promptFile, continue: resumes, sandbox: isSandboxed } = options;
  if (prompt !== undefined && promptFile !== undefined)
    throw new AppError('invalidInput', 'Either --prompt or --prompt-file: not both.');
  const text = prompt ?? (promptFile === undefined ? undefined : await promptIn(resolve(cwd, promptFile)));
  if (!go && (text !== undefined || resumes || isSandboxed))
    throw new AppError(
      'invalidInput',
      '--prompt, --prompt-file, --continue and --sandbox need --go, which starts the agent.',
    );
  if (text?.trim() === '') throw new AppError('invalidInput', 'The prompt is empty.');
  if (!go) return undefined;
  return {
    ...(text === undefined ? {} : { prompt: text }),
    ...(resumes ? { resumes } : {}),
    ...(isSandboxed ? { isSandboxed } : {}),
  };
}

async function promptIn(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const why = error instanceof TypeError ? 'is no text in UTF-8' : 'cannot be read';
    throw new AppError('invalidInput', `The prompt's file ${file} ${why}.`, { cause: error });
  }
}
