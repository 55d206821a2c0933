import { parseRecord } from '@coppice/host/parseRecord';
import { claudeNews } from '../core/claudeNews';
import { sessionContext } from '../core/sessionContext';

/**
 * Writes down what a hook of Claude Code tells of its session. It runs at every turn of every agent: nothing of the product is loaded.
 *
 * @param folder where the hook runs
 * @param begin when this process began, by a clock that may be set and by one that only goes on; milliseconds
 * @returns what is answered: nothing, but where a session begins in a worktree with an environment, what it has there
 * @throws what the operating system says
 */
export async function noteAgentEvent(
  text: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  begin: { readonly at: number; readonly tick: number },
): Promise<string | undefined> {
  const news = claudeNews(text);
  // Also where it goes on from a summary of itself, in which nothing may be left of that.
  const begins = parseRecord(text)?.['hook_event_name'] === 'SessionStart';
  if (!news && !begins) return undefined;
  const { gitDirAround, writeAgentEvent } = await import('../adapters/git/agentJournal');
  // Where a session goes meanwhile is another matter: it is of the folder that it was started in.
  const gitDir = gitDirAround(env['CLAUDE_PROJECT_DIR'] || folder);
  if (gitDir === undefined) return undefined;
  const pid = Number(env['CLAUDE_PID']);
  if (news)
    await writeAgentEvent(gitDir, news, {
      program: 'claude-code',
      pid: Number.isSafeInteger(pid) && pid > 0 ? pid : undefined,
      ...begin,
    });
  return begins ? contextIn(gitDir) : undefined;
}

async function contextIn(gitDir: string): Promise<string | undefined> {
  const { FileIdentities } = await import('../adapters/git/fileIdentities');
  const identity = await new FileIdentities().read({ gitDir });
  if (identity?.state !== 'created') return undefined;
  const hookSpecificOutput = { hookEventName: 'SessionStart', additionalContext: sessionContext(identity) };
  return JSON.stringify({ hookSpecificOutput, suppressOutput: true });
}
