import * as vscode from 'vscode';
import { serviceWords } from '../../app/view/worktreeView';
import { isTroubled } from '../../core/services/isTroubled';
import type { ServiceStatus, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import type { CommandContext } from '../context/commandContext';
import { iconless, linkless } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { acceptingLoss } from './acceptingLoss';
import { inTurn } from './inTurn';
import { runWithProgress } from './progress';
import { warn } from './report';

/** How long the status bar says that all went well. Milliseconds. */
const toldMs = 5_000;

export interface ServiceOf {
  readonly entry: WorktreeEntry;
  readonly service: ServiceStatus;
}

/** Starts a service anew, and says where it does not become ready. */
export async function restartInteractively(context: CommandContext, { entry, service }: ServiceOf): Promise<void> {
  const { services, log } = context.dependencies;
  const { path } = entry.worktree;
  const { name } = service;
  const restarted = await acceptingLoss('Restart, and Lose It', (accepted) =>
    runWithProgress(`Restarting ${name}`, services.restart, { folder: path, path, service: name, accepted }, log),
  );
  if (!restarted) return;
  if (restarted.ready) {
    vscode.window.setStatusBarMessage(`$(check) ${iconless(nameOf({ entry, service }))} was restarted`, toldMs);
    return;
  }
  const troubled = restarted.services.filter(isTroubled);
  const why = troubled
    .map((status) => (status.name === name ? serviceWords(status) : `${status.name}: ${serviceWords(status)}`))
    .join('; ');
  const { namespace } = entry.environment ?? {};
  const what = isTroubled(restarted.status) ? 'is not ready' : 'not all that waited for it is ready';
  // Not awaited: what is told may stay for long, and the next has its turn.
  void warn(`${name} was restarted, but ${what}: ${why}`, 'Show Logs').then((isWanted) => {
    if (isWanted && namespace !== undefined)
      context.logTerminals.show(namespace, troubled[0]?.name ?? name, plainWorktreeName(entry));
  });
}

/** Asks once for all of them, each by its name: what they hold in memory goes. */
export async function restartManyInteractively(context: CommandContext, all: readonly ServiceOf[]): Promise<void> {
  const button = 'Restart';
  const detail = linkless(all.map((each) => `• ${nameOf(each)}`).join('\n'));
  const question = `Restart ${plural(all.length, 'service')}?`;
  if ((await vscode.window.showWarningMessage(linkless(question), { modal: true, detail }, button)) !== button) return;
  await inTurn(all, nameOf, (each) => restartInteractively(context, each));
}

function nameOf({ entry, service }: ServiceOf): string {
  return `${service.name} of ${plainWorktreeName(entry)}`;
}
