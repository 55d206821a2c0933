import { serviceWords } from '../../app/view/worktreeView';
import { runWithProgress } from '../report/progress';
import { warn } from '../report/report';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Of a service that was stopped: as many pods as coppice.yaml asks for. */
export const startService: CommandHandler = async (context, argument) => {
  const node = context.nodeOf(argument);
  if (node?.kind !== 'service') return;
  const { name: service, wanted = 0 } = node.service;
  const { path } = node.entry.worktree;
  const { services, log } = context.dependencies;
  const at = { folder: path, path, service, replicas: Math.max(wanted, 1) };
  const started = await runWithProgress(`Starting ${service}`, services.scale, at, log);
  if (started.ready) return;
  const why = started.services.map((status) => serviceWords(status)).join('; ');
  const { namespace } = node.entry.environment ?? {};
  if ((await warn(`${service} was started, but is not ready: ${why}`, 'Show Logs')) && namespace !== undefined)
    context.logTerminals.show(namespace, service, plainWorktreeName(node.entry));
};
