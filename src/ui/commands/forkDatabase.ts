import { pickWorktree } from '../context/prompts';
import { hasDatabase, targetDatabase } from '../database/targetDatabase';
import { tellReplaced } from '../database/tellReplaced';
import { plainWorktreeName } from '../editor/windowEntry';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Makes an environment's database a copy of what another's has now; what it replaces becomes a snapshot. */
export const forkDatabase: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database is to be replaced');
  if (!target) return;
  const { name, at } = target;
  const source = await pickWorktree(context, {
    placeholder: `Choose whose database ${name} gets a copy of: its services sleep meanwhile, and what it has now becomes a snapshot`,
    isFit: (entry) => hasDatabase(entry) && entry.worktree.path !== at.path,
    none: 'No other worktree has an environment with a database.',
  });
  if (!source) return;
  const { databases, log } = context.dependencies;
  const title = `Copying the database of ${plainWorktreeName(source)} for ${name}`;
  const forked = await runWithProgress(title, databases.fork, { ...at, from: source.worktree.path }, log);
  const done = `The database of ${name} is a copy of what that of ${plainWorktreeName(source)} has.`;
  await tellReplaced(context, target, done, forked);
};
