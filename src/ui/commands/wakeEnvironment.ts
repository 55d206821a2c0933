import { serviceWords } from '../../app/view/worktreeView';
import { isTroubled } from '../../core/isTroubled';
import { runWithProgress } from '../report/progress';
import { warn } from '../report/report';
import { targetWorktree } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandHandler } from '../context/commandContext';

/** Starts again what ran of an environment before it was put to sleep. */
export const wakeEnvironment: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose environment to wake',
    isFit: ({ environment }) => environment?.services.some(({ health }) => health === 'asleep') === true,
    none: 'No worktree has an environment that is asleep.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  const { environments, log } = context.dependencies;
  const name = plainWorktreeName(entry);
  const woken = await runWithProgress(`Waking ${name}`, environments.wake, { folder: path, path }, log);
  if (woken.ready) return;
  const troubled = woken.services.filter(isTroubled);
  const why = troubled.map((status) => `${status.name}: ${serviceWords(status)}`).join('; ');
  const service = troubled[0]?.name;
  if ((await warn(`${name} is awake, but not ready. ${why}`, 'Show Logs')) && service !== undefined)
    context.logTerminals.show(woken.namespace, service, name);
};
