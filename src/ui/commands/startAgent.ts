import { AppError } from '../../core/errors';
import { openAgentTerminal } from '../agent';
import type { CommandHandler } from './context';

export const startAgent: CommandHandler = async (context) => {
  const path = context.windowEntry?.worktree.path;
  if (path === undefined) throw new AppError('notFound', 'This window shows no worktree.');
  openAgentTerminal(path, (await context.dependencies.environmentVariables(path)) ?? {});
};
