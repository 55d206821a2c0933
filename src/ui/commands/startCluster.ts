import { runWithProgress } from '../progress';
import type { CommandHandler } from '../context/commandContext';

export const startCluster: CommandHandler = async (context) => {
  const { startCluster: start, log } = context.dependencies;
  await runWithProgress('Starting the cluster', start, {}, log);
  await context.refresh();
};
