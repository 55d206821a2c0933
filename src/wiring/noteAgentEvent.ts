import { parseRecord } from '@coppice/host/parseRecord';
import { agentHooks } from '../core/agents/agentHooks';
import type { AgentProgramName } from '../core/agents/agentEvent';
import { sessionContext } from '../core/sessions/sessionContext';

export interface HookCall {
  readonly tool: string;
  /** The process of the session, where its hook is told by an argument. */
  readonly pid?: string | undefined;
  /** Where the hook runs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Writes down what a hook of an agent tells of its session. It runs at every turn of every agent: nothing of the product is loaded.
 *
 * @param begin when this process began, by a clock that may be set and by one that only goes on; milliseconds
 * @returns what is answered: nothing, but where a session begins in a worktree with an environment, what it has there
 * @throws what the operating system says
 */
export async function noteAgentEvent(
  text: string,
  { tool, pid: told, folder, env }: HookCall,
  begin: { readonly at: number; readonly tick: number },
): Promise<string | undefined> {
  if (!isProgram(tool)) return undefined;
  const hooks = agentHooks[tool];
  const news = hooks.news(text);
  // Also where it goes on from a summary of itself, in which nothing may be left of that.
  const begins = parseRecord(text)?.['hook_event_name'] === 'SessionStart';
  if (!news && !begins) return undefined;
  const { gitDirAround, writeAgentEvent } = await import('../adapters/git/agents/agentJournal');
  // Where a session goes meanwhile is another matter: it is of the folder that it was started in.
  const gitDir = gitDirAround((hooks.folder && env[hooks.folder]) || folder);
  if (gitDir === undefined) return undefined;
  const pid = Number(hooks.pid === undefined ? told : env[hooks.pid]);
  const isUnattended = news?.kind === 'asks' && hooks.attended !== undefined && env[hooks.attended] === '0';
  if (news)
    await writeAgentEvent(
      gitDir,
      { ...news, ...(isUnattended ? { isUnattended } : {}) },
      {
        program: tool,
        pid: Number.isSafeInteger(pid) && pid > 0 ? pid : undefined,
        ...begin,
      },
    );
  return begins ? contextIn(gitDir) : undefined;
}

function isProgram(tool: string): tool is AgentProgramName {
  return Object.hasOwn(agentHooks, tool);
}

async function contextIn(gitDir: string): Promise<string | undefined> {
  const { FileIdentities } = await import('../adapters/git/records/fileIdentities');
  const identity = await new FileIdentities().read({ gitDir });
  if (identity?.state !== 'created') return undefined;
  const hookSpecificOutput = { hookEventName: 'SessionStart', additionalContext: sessionContext(identity) };
  return JSON.stringify({ hookSpecificOutput, suppressOutput: true });
}
