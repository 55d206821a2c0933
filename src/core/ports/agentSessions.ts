import type { AgentStatus } from '../agents/agentStatus';
import type { Disposable } from '../event';
import type { Worktree } from '../model';

/** What agents have told of themselves, by worktree. */
export interface AgentSessions {
  /** Also asks which of their processes live. Never rejects: what cannot be read is told by nobody. */
  read(worktree: Pick<Worktree, 'gitDir'>, now: number): Promise<AgentStatus[]>;
  /** Tells which worktree's agents have news. One whose first agent begins later is not among them: it is watched from the next call on. */
  watch<W extends Pick<Worktree, 'gitDir'>>(worktrees: readonly W[], onNews: (worktree: W) => void): Disposable;
}
