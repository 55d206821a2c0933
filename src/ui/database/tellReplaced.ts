import * as vscode from 'vscode';
import type { Replaced } from '../../app/environment/database/replaceDatabase';
import { replacedText } from '../../app/view/replacedText';
import { serviceWords } from '../../app/view/worktreeView';
import { isTroubled } from '../../core/services/isTroubled';
import { linkless } from '../editor/text';
import { warn } from '../report/report';
import type { CommandContext } from '../context/commandContext';
import type { DatabaseTarget } from './targetDatabase';

/**
 * Says what became of a database that another has taken the place of, and of the services that slept meanwhile.
 *
 * @param done a sentence: what is there now
 */
export async function tellReplaced(
  { logTerminals }: Pick<CommandContext, 'logTerminals'>,
  { name, row }: DatabaseTarget,
  done: string,
  { value, woken, unmigrated }: Replaced,
): Promise<void> {
  const [missing] = unmigrated?.split('\n') ?? [];
  const text = [replacedText(done, value), ...(missing === undefined ? [] : [`It is not migrated: ${missing}`])].join(
    ' ',
  );
  if (woken?.problem !== undefined) {
    const wake = 'Wake';
    const message = `${text} The services of ${name} could not be woken: ${woken.problem}`;
    if (await warn(message, wake)) await vscode.commands.executeCommand('coppice.wakeEnvironment', row);
  } else if (woken?.ready === false) {
    const troubled = woken.services.filter(isTroubled);
    const why = troubled.map((status) => `${status.name}: ${serviceWords(status)}`).join('; ');
    const service = troubled[0]?.name;
    if ((await warn(`${text} ${name} is not ready. ${why}`, 'Show Logs')) && service !== undefined)
      logTerminals.show(woken.namespace, service, name);
  } else if (missing !== undefined) {
    if (await warn(text, 'Migrate')) await vscode.commands.executeCommand('coppice.migrateDatabase', row);
  } else void vscode.window.showInformationMessage(linkless(text));
}
