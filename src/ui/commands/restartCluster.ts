import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

export const restartCluster: CommandHandler = async (context) => {
  const detail =
    'The services of every environment in it end and start again, also of other repositories. Data and environments stay.';
  const restart = 'Restart Cluster';
  const chosen = await vscode.window.showWarningMessage('Restart the cluster?', { modal: true, detail }, restart);
  if (chosen !== restart) return;
  const { clusters, log } = context.dependencies;
  await runWithProgress('Stopping the cluster', clusters.stop, {}, log);
  await runWithProgress('Starting the cluster', clusters.start, {}, log);
  await context.refresh();
};
