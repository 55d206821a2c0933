import { reachText } from '../../app/reach/reachText';
import type { CommandHandler } from '../context/commandContext';
import { targetWorktree } from '../context/prompts';
import { lastSegment } from '../editor/paths';
import { plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';

/** Shows what a process of a worktree, an agent say, can reach outside of its environment, as `coppice reach` does. */
export const showReach: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose reach to show',
    isFit: ({ worktree }) => worktree.prunable === undefined,
    none: 'There is no worktree.',
  });
  if (!entry) return;
  const { path } = entry.worktree;
  const { health, log } = context.dependencies;
  const title = `Looking at what ${plainWorktreeName(entry)} can reach`;
  const reach = await runWithProgress(title, health.reach, { folder: path, path }, log);
  const lines = [...reachText(reach), '', 'As it is now, for the user and the variables of this window.', ''];
  const document = { name: `What ${lastSegment(path)} can reach`, text: lines.map(plainLine).join('\n') };
  await context.descriptions.showText(document, path);
};
