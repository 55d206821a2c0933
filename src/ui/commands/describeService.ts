import { targetService } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';

export const describeService: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service to describe');
  if (target) await context.descriptions.show(target.entry.worktree.path, target.service.name);
};
