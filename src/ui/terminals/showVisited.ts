import type { WorktreeEntry } from '../../core/model';
import type { UiDependencies } from '../editor/dependencies';
import { agentTerminal } from './agent';

/** Shows the terminal of an agent that waits in this window's worktree, where a person wanted to go to it from another window. Never rejects. */
export async function showVisited(
  { agents, log }: Pick<UiDependencies, 'agents' | 'log'>,
  entry: Pick<WorktreeEntry, 'worktree' | 'agents'> | undefined,
): Promise<void> {
  try {
    for (const agent of entry?.agents ?? []) {
      if (!entry || agent.state !== 'waiting') continue;
      // Of several windows on one folder, it is the one that has it.
      const terminal = await agentTerminal(agent.process?.pid);
      if (terminal && (await agents.visits.take(entry.worktree, agent))) terminal.show();
    }
  } catch (error) {
    log.debug(`The terminal of an agent is not shown: ${String(error)}`);
  }
}
