import { targetService } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

export const showLogs: CommandHandler = async (context, argument) => {
  const node = context.nodeOf(argument);
  if (node?.kind === 'infraService') {
    context.logTerminals.show(node.namespace, node.service.name, node.namespace);
    return;
  }
  const target = await targetService(context, argument, 'Choose the service whose log to follow');
  const namespace = target?.entry.environment?.namespace;
  if (target && namespace !== undefined)
    context.logTerminals.show(namespace, target.service.name, plainWorktreeName(target.entry));
};
