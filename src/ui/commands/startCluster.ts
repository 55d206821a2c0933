import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

export const startCluster: CommandHandler = async (context) => {
  const { clusters, log } = context.dependencies;
  await runWithProgress('Starting the cluster', clusters.start, {}, log);
  await context.refresh();
};
