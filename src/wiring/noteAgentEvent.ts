import { claudeNews } from '../core/claudeNews';

/**
 * Writes down what a hook of Claude Code tells of its session. It runs at every turn of every agent: nothing of the product is loaded.
 *
 * @param folder where the hook runs
 * @param begin when this process began, by a clock that may be set and by one that only goes on; milliseconds
 * @throws what the operating system says
 */
export async function noteAgentEvent(
  text: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  begin: { readonly at: number; readonly tick: number },
): Promise<void> {
  const news = claudeNews(text);
  if (!news) return;
  const { gitDirAround, writeAgentEvent } = await import('../adapters/git/agentJournal');
  // Where a session goes meanwhile is another matter: it is of the folder that it was started in.
  const gitDir = gitDirAround(env['CLAUDE_PROJECT_DIR'] || folder);
  if (gitDir === undefined) return;
  const pid = Number(env['CLAUDE_PID']);
  await writeAgentEvent(gitDir, news, {
    program: 'claude-code',
    pid: Number.isSafeInteger(pid) && pid > 0 ? pid : undefined,
    ...begin,
  });
}
