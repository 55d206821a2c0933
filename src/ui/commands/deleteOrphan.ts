import * as vscode from 'vscode';
import { isAppError } from '../../core/errors';
import { repositoryFolder } from '../create/createFlow';
import { lossButton, lossLines } from '../delete/losses';
import { runWithProgress } from '../report/progress';
import { linkless } from '../editor/text';
import type { CommandHandler } from '../context/commandContext';

export const deleteOrphan: CommandHandler = async (context, argument) => {
  const node = context.nodeOf(argument);
  if (node?.kind !== 'orphan') return;
  const { namespace, database, folder: path } = node.environment;
  const detail = linkless(
    [
      `No worktree claims it any more; it was made for ${path || 'a folder that is not known'}.`,
      `Its services stop, and ${database === undefined ? 'its namespace is' : `its database ${database} is`} deleted for good.`,
    ].join('\n'),
  );
  const button = 'Delete Environment';
  const message = `Delete the environment ${namespace}?`;
  if ((await vscode.window.showWarningMessage(linkless(message), { modal: true, detail }, button)) !== button) return;
  const folder = await repositoryFolder(context);
  const { environments, log } = context.dependencies;
  const title = `Deleting the environment ${namespace}`;
  try {
    await runWithProgress(title, environments.deleteOrphan, { folder, namespace }, log);
  } catch (error) {
    if (!isAppError(error, 'conflict') || error.losses.length === 0) throw error;
    const lose = lossButton(error.losses);
    const more = { modal: true, detail: linkless(`${lossLines(error.losses)}\nThis cannot be undone.`) };
    const question = `Deleting ${namespace} would lose data.`;
    if ((await vscode.window.showWarningMessage(linkless(question), more, lose)) !== lose) return;
    const accepted = error.losses.map(({ kind }) => kind);
    await runWithProgress(title, environments.deleteOrphan, { folder, namespace, accepted }, log);
  }
};
