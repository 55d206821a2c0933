import * as vscode from 'vscode';
import type { UrlTrouble } from '../../app/services/urlTrouble';
import { AppError } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { linkless } from '../editor/text';

/** Windows in which it was said: once is enough. */
const told = new WeakSet<CommandContext>();

/** Why a URL may not lead to its environment; undefined: it does, or nobody can tell. Never rejects. */
export async function troubleOf(context: CommandContext, url: string): Promise<UrlTrouble | undefined> {
  try {
    return await context.dependencies.services.urlTrouble(url);
  } catch (error) {
    context.dependencies.log.debug(`Whether ${url} leads anywhere is not known: ${String(error)}`);
    return undefined;
  }
}

/** @throws unreachable, with the way out, when the URL would lead to this machine and the environment is on another one */
export function refuseUrlElsewhere(trouble: UrlTrouble | undefined): void {
  if (trouble?.kind !== 'elsewhere') return;
  throw new AppError('unreachable', trouble.message, {
    remedy: { title: 'Forward Port…', action: { kind: 'forwardPort' } },
  });
}

/** What a person who looks for the URL should know of it, said once a window, with the way out. */
export async function explainOnce(context: CommandContext, trouble: UrlTrouble | undefined): Promise<void> {
  if (!trouble || told.has(context)) return;
  told.add(context);
  const button = 'Forward Port…';
  const chosen = await vscode.window.showInformationMessage(linkless(trouble.message), button);
  if (chosen === button) await vscode.commands.executeCommand('coppice.forwardPort');
}
