import { runWithProgress } from '../progress';
import { targetService } from '../prompts';
import type { CommandHandler } from './context';

export const restartService: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service to restart');
  if (!target) return;
  const { restartService: restart, log } = context.dependencies;
  const { path } = target.entry.worktree;
  const service = target.service.name;
  await runWithProgress(`Restarting ${service}`, restart, { folder: path, path, service }, log);
};
