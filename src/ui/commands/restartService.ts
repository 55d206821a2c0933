import { targetService } from '../context/prompts';
import type { CommandHandler } from '../context/commandContext';
import { restartInteractively, restartManyInteractively, type ServiceOf } from '../report/restartInteractively';

/** Of several rows those of services, and of worktrees all services that run. */
export const restartService: CommandHandler = async (context, argument, selected = []) => {
  if (selected.length > 1) {
    const all = selected.flatMap((row): ServiceOf[] => {
      const node = context.nodeOf(row);
      if (node?.kind === 'service') return [{ entry: node.entry, service: node.service }];
      if (node?.kind !== 'worktree') return [];
      const running = (node.entry.environment?.services ?? []).filter(({ desired }) => desired > 0);
      return running.map((service) => ({ entry: node.entry, service }));
    });
    const keys = all.map(({ entry, service }) => `${entry.worktree.path}#${service.name}`);
    const each = all.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
    if (each.length > 0) return restartManyInteractively(context, each);
  }
  const target = await targetService(context, argument, 'Choose the service to restart');
  if (target) await restartInteractively(context, target);
};
