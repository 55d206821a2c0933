import * as vscode from 'vscode';
import type { CreateRequest } from '../../app/environment/requests';
import { isAppError } from '../../core/errors';
import { linkless } from '../editor/text';

const buttons = [
  { title: 'Take It Over', found: 'adopt' },
  { title: 'Delete It and Start Anew', found: 'fresh' },
] as const;

/**
 * Asks what to do with an environment that an earlier worktree left under the name of a new one.
 *
 * @throws what it is given, when that is no such find; undefined: the person turned away
 */
export async function askFound(thrown: unknown): Promise<CreateRequest['found']> {
  if (!isAppError(thrown, 'conflict') || !thrown.found) throw thrown;
  const { namespace, database, data = [], folder } = thrown.found;
  const lines = [
    ...(folder === undefined ? [] : [`Worktree: ${folder}`]),
    ...(namespace === undefined ? [] : [`Namespace: ${namespace}`]),
    ...(database === undefined ? [] : [`Database: ${database}. To start anew deletes what is in it.`]),
    ...(data.length === 0 ? [] : [`Data of ${data.join(', ')}. To start anew deletes them.`]),
  ];
  const detail = linkless(lines.join('\n'));
  const titles = buttons.map(({ title }) => title);
  const chosen = await vscode.window.showWarningMessage(linkless(thrown.message), { modal: true, detail }, ...titles);
  return buttons.find(({ title }) => title === chosen)?.found;
}
