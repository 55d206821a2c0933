import type { CommandHandler } from '../context/commandContext';
import { startAgentAt } from '../terminals/startAgentAt';

/** Where the agent has a sandbox of its own: its commands write in the worktree, and reach the environment's hosts. */
export const startAgentInSandbox: CommandHandler = (context, argument) =>
  startAgentAt(context, argument, { isSandboxed: true });
