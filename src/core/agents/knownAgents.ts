import { claudeSandbox } from './claudeSandbox';
import type { AgentSandbox } from './sandboxPlan';

/** How a program that is an agent is told what to do, and how its last session in a folder is gone on with. */
export interface KnownAgent {
  readonly name: string;
  /** The npm package that brings it. */
  readonly package: string;
  /** Where its makers say how it is installed. */
  readonly page: string;
  /** Last arguments: an interactive session that begins with this. */
  readonly prompt: (text: string) => readonly string[];
  /** Goes on with the last session of the folder that it is started in. */
  readonly resume: readonly string[];
  /** False: a session that goes on takes no prompt. */
  readonly resumesWithPrompt: boolean;
  /** Left out: none was seen to keep to what a worktree needs. */
  readonly sandbox?: AgentSandbox;
}

const afterDashes = (text: string): readonly string[] => ['--', text];

/**
 * By the name of the program. Each row is what the named version really did with a prompt of two lines, quotes and a first `-`, in a
 * terminal and with a stand-in for its model: the text arrived as it was.
 */
export const knownAgents: Readonly<Record<string, KnownAgent>> = {
  // 2.1.332. Without the dashes a variable list before it, as --allowedTools has one, or a subcommand (`mcp`) would take the prompt.
  claude: {
    name: 'Claude Code',
    package: '@anthropic-ai/claude-code',
    page: 'https://code.claude.com/docs/en/setup',
    prompt: afterDashes,
    resume: ['--continue'],
    resumesWithPrompt: true,
    sandbox: claudeSandbox,
  },
  // 0.171.0.
  codex: {
    name: 'Codex',
    package: '@openai/codex',
    page: 'https://developers.openai.com/codex/cli',
    prompt: afterDashes,
    resume: ['resume', '--last'],
    resumesWithPrompt: true,
  },
  // 0.61.0. What stands after dashes is lost, and a word of its own that begins with `-` is no value.
  gemini: {
    name: 'Gemini CLI',
    package: '@google/gemini-cli',
    page: 'https://geminicli.com/docs/get-started/installation/',
    prompt: (text) => [`--prompt-interactive=${text}`],
    resume: ['--resume', 'latest'],
    resumesWithPrompt: true,
  },
  // 1.18.33. With --continue it takes a prompt and forgets it.
  opencode: {
    name: 'OpenCode',
    package: 'opencode-ai',
    page: 'https://opencode.ai/docs/',
    prompt: (text) => [`--prompt=${text}`],
    resume: ['--continue'],
    resumesWithPrompt: false,
  },
};

/** @param program as a command names it: a name or a path, on Windows with an ending */
export function knownAgent(program: string): KnownAgent | undefined {
  const name = /([^\\/]*?)(?:\.(?:exe|cmd|bat))?$/i.exec(program)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(knownAgents, name) ? knownAgents[name] : undefined;
}
