import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

export const stopCluster: CommandHandler = async (context) => {
  const detail =
    'The services of every environment in it stop, also of other repositories. Nothing is deleted: starting the cluster brings them back.';
  const stop = 'Stop Cluster';
  const chosen = await vscode.window.showWarningMessage('Stop the cluster?', { modal: true, detail }, stop);
  if (chosen !== stop) return;
  const { clusters, log } = context.dependencies;
  await runWithProgress('Stopping the cluster', clusters.stop, {}, log);
};
