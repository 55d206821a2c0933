import { targetService } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** What the run before the last restart said: where a crash tells its reason. */
export const showPreviousLogs: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service whose previous log to show');
  const namespace = target?.entry.environment?.namespace;
  if (target && namespace !== undefined)
    context.logTerminals.show(namespace, target.service.name, plainWorktreeName(target.entry), 'previous');
};
