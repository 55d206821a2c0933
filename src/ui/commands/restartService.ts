import { runWithProgress } from '../report/progress';
import { targetService } from '../context/prompts';
import { warn } from '../report/report';
import { worktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

export const restartService: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service to restart');
  if (!target) return;
  const { services, log } = context.dependencies;
  const { path } = target.entry.worktree;
  const service = target.service.name;
  const at = { folder: path, path, service };
  const { ready, status } = await runWithProgress(`Restarting ${service}`, services.restart, at, log);
  if (ready) return;
  const why = [status.state, status.reason].filter(Boolean).join(', ');
  const { namespace } = target.entry.environment ?? {};
  if ((await warn(`${service} was started anew, but is not ready. ${why}`, 'Show Logs')) && namespace !== undefined)
    context.logTerminals.show(namespace, service, worktreeName(target.entry));
};
