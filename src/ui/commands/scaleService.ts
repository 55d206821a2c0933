import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import { targetService } from '../context/prompts';
import { plural } from '../../core/plural';
import { plainLine } from '../editor/text';
import type { CommandHandler } from '../context/commandContext';

const most = 99;

export const scaleService: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service to scale');
  if (!target) return;
  const { name: service, desired } = target.service;
  const answer = await vscode.window.showInputBox({
    title: `Scale ${plainLine(service)}`,
    prompt: 'How many pods it has until its next update. 0 stops it.',
    value: String(desired),
    validateInput: (text) => (isCount(text) ? undefined : `A whole number from 0 to ${most}`),
  });
  if (answer === undefined || !isCount(answer)) return;
  const replicas = Number(answer);
  const { path } = target.entry.worktree;
  const { services, log } = context.dependencies;
  const title = `Scaling ${service} to ${plural(replicas, 'pod')}`;
  await runWithProgress(title, services.scale, { folder: path, path, service, replicas }, log);
};

function isCount(text: string): boolean {
  return /^\d{1,2}$/.test(text.trim()) && Number(text) <= most;
}
