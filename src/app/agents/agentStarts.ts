import type { AgentStatus } from '../../core/agents/agentStatus';
import type { Worktree } from '../../core/model';
import type { AgentTask } from '../../core/agents/agentTask';
import type { AgentProgram, AgentPrograms, AgentVisits } from '../../core/ports/agents';

/** How an agent is started in a worktree, from there and from another window, and who tells a person of it. */
export interface AgentStarts extends Pick<AgentPrograms, 'run'> {
  /**
   * The program of a command with what it is to do.
   *
   * @param folder where it is to be started
   * @throws notConfigured where the command takes no such task, missingTool with how it is installed, invalidInput
   */
  find(command: string, folder: string, task?: AgentTask): Promise<AgentProgram>;
  /** Records, where the worktree's own window finds it, that an agent is to be started there once. */
  request(folder: string, task: AgentTask, signal: AbortSignal): Promise<void>;
  /** What an agent that was asked for in this worktree is to be started with; it stays asked for. */
  read(folder: string, signal: AbortSignal): Promise<AgentTask | undefined>;
  /** What an agent that was asked for in this worktree is started with; told to one caller only, whoever comes first. */
  take(folder: string, signal: AbortSignal): Promise<AgentTask | undefined>;
  /** Whether it is here that a person is told that an agent waits: true to one window only. */
  isFirstToTell(worktree: Pick<Worktree, 'gitDir'>, agent: Pick<AgentStatus, 'session' | 'since'>): Promise<boolean>;
  readonly visits: AgentVisits;
}
