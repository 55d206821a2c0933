import { serviceWords } from '../../app/view/worktreeView';
import { isTroubled } from '../../core/isTroubled';
import { runWithProgress } from '../report/progress';
import { targetService } from '../context/prompts';
import { warn } from '../report/report';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

export const restartService: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service to restart');
  if (!target) return;
  const { services, log } = context.dependencies;
  const { path } = target.entry.worktree;
  const service = target.service.name;
  const at = { folder: path, path, service };
  const restarted = await runWithProgress(`Restarting ${service}`, services.restart, at, log);
  if (restarted.ready) return;
  const troubled = restarted.services.filter(isTroubled);
  const why = troubled.map((status) => `${status.name}: ${serviceWords(status)}`).join('; ');
  const { namespace } = target.entry.environment ?? {};
  const what = isTroubled(restarted.status) ? 'is not ready' : 'not all that waited for it is ready';
  if ((await warn(`${service} was started anew, but ${what}. ${why}`, 'Show Logs')) && namespace !== undefined)
    context.logTerminals.show(namespace, troubled[0]?.name ?? service, plainWorktreeName(target.entry));
};
