import * as vscode from 'vscode';
import { serviceWords } from '../../app/view/worktreeView';
import { plainWorktreeName } from '../editor/windowEntry';
import { acceptingLoss } from '../report/acceptingLoss';
import { runWithProgress } from '../report/progress';
import { warn } from '../report/report';
import { targetService } from '../context/prompts';
import { plural } from '../../core/text/plural';
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
  const scaled = await acceptingLoss('Stop, and Lose It', (accepted) =>
    runWithProgress(title, services.scale, { folder: path, path, service, replicas, accepted }, log),
  );
  if (!scaled || scaled.ready) return;
  const why = scaled.services.map((status) => serviceWords(status)).join('; ');
  const { namespace } = target.entry.environment ?? {};
  const what = `${service} is to have ${plural(replicas, 'pod')}, but is not ready: ${why}`;
  if ((await warn(what, 'Show Logs')) && namespace !== undefined)
    context.logTerminals.show(namespace, service, plainWorktreeName(target.entry));
};

function isCount(text: string): boolean {
  return /^\d{1,2}$/.test(text.trim()) && Number(text) <= most;
}
