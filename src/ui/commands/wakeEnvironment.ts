import { serviceWords } from '../../app/view/worktreeView';
import { isTroubled } from '../../core/services/isTroubled';
import type { WorktreeEntry } from '../../core/model';
import { inTurn } from '../report/inTurn';
import { runWithProgress } from '../report/progress';
import { warn } from '../report/report';
import { targetWorktrees } from '../context/prompts';
import { plainWorktreeName } from '../editor/windowEntry';
import type { CommandContext, CommandHandler } from '../context/commandContext';

/** Starts again what ran of environments before they were put to sleep. */
export const wakeEnvironment: CommandHandler = async (context, argument, selected = []) => {
  const entries = await targetWorktrees(context, argument, selected, {
    placeholder: 'Choose the worktree whose environment to wake',
    isFit: ({ environment }) => environment?.services.some(({ health }) => health === 'asleep') === true,
    none: 'No worktree has an environment that is asleep.',
  });
  await inTurn(entries, plainWorktreeName, (entry) => wake(context, entry));
};

async function wake(context: CommandContext, entry: WorktreeEntry): Promise<void> {
  const { path } = entry.worktree;
  const { environments, log } = context.dependencies;
  const name = plainWorktreeName(entry);
  const woken = await runWithProgress(`Waking ${name}`, environments.wake, { folder: path, path }, log);
  if (woken.ready) return;
  const troubled = woken.services.filter(isTroubled);
  const why = troubled.map((status) => `${status.name}: ${serviceWords(status)}`).join('; ');
  const service = troubled[0]?.name;
  // Not awaited: what is told may stay for long, and the next has its turn.
  void warn(`${name} is awake, but not ready. ${why}`, 'Show Logs').then((isWanted) => {
    if (isWanted && service !== undefined) context.logTerminals.show(woken.namespace, service, name);
  });
}
