import { parseCommand } from '../text/parseCommand';
import { knownAgent } from './knownAgents';
import type { SandboxPlan } from './sandboxPlan';

/** What an agent is started with. */
export interface AgentTask {
  /** What it is to do; undefined: it asks, or goes on. */
  readonly prompt?: string;
  /** Goes on with the last session of its folder. */
  readonly resumes?: boolean;
  /** Its commands run in its own sandbox. */
  readonly isSandboxed?: boolean;
}

/** In a command: where a prompt stands that the agent takes in a way of its own, as text or as a file. */
const promptPlace = '${prompt}';
const promptFilePlace = '${promptFile}';

export interface TaskProblem {
  readonly problem: string;
}

/** Whether an agent's command, as a person writes it, has a place for the prompt as a file. */
export function wantsPromptFile(command: string): boolean {
  const parsed = parseCommand(command);
  return !('problem' in parsed) && parsed.some((word) => word.includes(promptFilePlace));
}

/** Whether the agent of a command can be told what it is to do when it is started. */
export function takesPrompt(command: string): boolean {
  const parsed = parseCommand(command);
  if ('problem' in parsed) return false;
  return knownAgent(parsed[0] ?? '') !== undefined || parsed.some(isPlace);
}

/**
 * A command with what it is to do: always a whole argument, or a part of one, and text for no shell.
 *
 * @param promptFile a file that has the prompt, where the command wants one
 * @param sandbox what its commands may do in its own sandbox; undefined: it is started in none
 * @returns the argument vector, or why the agent cannot be told, as the end of a sentence about its command
 */
export function withTask(
  command: readonly string[],
  { prompt, resumes = false }: AgentTask,
  promptFile: string | undefined,
  sandbox?: SandboxPlan,
): readonly string[] | TaskProblem {
  const [program = ''] = command;
  const known = knownAgent(program);
  const argv = sandbox ? inSandbox(command, sandbox) : command;
  if ('problem' in argv) return argv;
  if (resumes && !known) return { problem: `says not how "${program}" goes on with its last session` };
  if (resumes && prompt !== undefined && known && !known.resumesWithPrompt)
    return { problem: `starts ${known.name}, which takes no prompt for a session that goes on` };
  const resume = resumes && known ? known.resume : [];
  if (argv.some(isPlace)) return filled(argv, resume, prompt, promptFile);
  const told = [...argv, ...resume];
  if (prompt === undefined) return told;
  if (!known)
    return {
      problem: `says not how "${program}" takes a prompt: write ${promptPlace} or ${promptFilePlace} where it has it`,
    };
  return [...told, ...known.prompt(prompt)];
}

function inSandbox([program = '', ...words]: readonly string[], plan: SandboxPlan): readonly string[] | TaskProblem {
  const known = knownAgent(program);
  const sandbox = known?.sandbox;
  if (!sandbox)
    return {
      problem: `starts ${known?.name ?? `"${program}"`}, of which Coppice knows no sandbox that works in a worktree`,
    };
  const { option } = sandbox;
  if (words.some((word) => word === option || word.startsWith(`${option}=`)))
    return { problem: `has ${option}, by which Coppice tells ${known.name} of its sandbox: take it out` };
  return [program, ...sandbox.arguments(plan), ...words];
}

function isPlace(word: string): boolean {
  return word.includes(promptPlace) || word.includes(promptFilePlace);
}

/**
 * Without a prompt a word that is only its place is left out, with the option before it that has a file for its value
 * (`--message-file ${promptFile}`). Before a prompt as text an option may as well be one without a value (`--sandbox ${prompt}`): that is
 * nothing to guess.
 *
 * @param resume stands before the first place: some go on by a command of their own, which the prompt has to follow
 */
function filled(
  argv: readonly string[],
  resume: readonly string[],
  prompt: string | undefined,
  promptFile: string | undefined,
): readonly string[] | TaskProblem {
  const result: string[] = [];
  const first = argv.findIndex(isPlace);
  for (const [i, word] of argv.entries()) {
    const option = prompt === undefined && !word.startsWith('-') && isPlace(word) ? optionBefore(result) : undefined;
    if (option !== undefined && word !== promptFilePlace)
      return {
        problem: `says not whether "${option}" is there without a prompt: write "${option}=${promptPlace}" where it belongs to the prompt, and otherwise ${promptPlace} before it`,
      };
    if (option !== undefined) result.pop();
    if (i === first) result.push(...resume);
    if (!isPlace(word)) result.push(word);
    else if (prompt !== undefined)
      result.push(word.replaceAll(/\$\{prompt(File)?\}/g, (_, file?: string) => (file ? (promptFile ?? '') : prompt)));
  }
  return result;
}

function optionBefore(words: readonly string[]): string | undefined {
  return /^--?\w[^=]*$/.exec(words.at(-1) ?? '')?.[0];
}
