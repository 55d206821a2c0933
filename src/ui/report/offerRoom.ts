import * as vscode from 'vscode';
import type { StartWait } from '../../app/run/run';
import type { UiLog } from '../editor/dependencies';
import { linkless } from '../editor/text';

/** A notification of progress has no buttons: what would end the wait is offered beside it. The rows say that it waits as well. */
export function offerRoom(title: string, { reason, leastUsed }: StartWait, log: UiLog): void {
  const run = async (): Promise<void> => {
    await vscode.commands.executeCommand('coppice.refresh');
    if (!leastUsed) return;
    const button = 'Sleep the Least Used';
    const message = `${title}: it ${reason}. Used least is ${leastUsed.name}.`;
    if ((await vscode.window.showInformationMessage(linkless(message), button)) === button)
      await vscode.commands.executeCommand('coppice.sleepLeastUsed');
  };
  run().catch((error: unknown) => log.error('What waits to start could not be told.', error));
}
