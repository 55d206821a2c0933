import { pickSnapshot } from '../database/pickSnapshot';
import { targetDatabase } from '../database/targetDatabase';
import { tellReplaced } from '../database/tellReplaced';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Brings back a snapshot of an environment's database; what that has now becomes one itself. */
export const restoreDatabase: CommandHandler = async (context, argument) => {
  const target = await targetDatabase(context, argument, 'Choose the worktree whose database to restore');
  if (!target) return;
  const { name, at } = target;
  const { databases, log } = context.dependencies;
  const snapshots = await runWithProgress('Looking for snapshots', databases.listSnapshots, at, log);
  const snapshot = await pickSnapshot(snapshots, name);
  if (!snapshot) return;
  const title = `Restoring the database of ${name}`;
  const replaced = await runWithProgress(title, databases.restoreSnapshot, { ...at, name: snapshot.name }, log);
  const done = `The database of ${name} is as it was in the snapshot ${snapshot.name}.`;
  await tellReplaced(context, target, done, replaced);
};
