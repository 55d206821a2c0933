import * as vscode from 'vscode';
import { isAppError, type Loss } from '../../core/errors';
import { linkless } from '../editor/text';

/**
 * Does something, and asks where it would lose what nobody has accepted.
 *
 * @returns undefined: the person does not want that
 */
export async function acceptingLoss<T>(
  button: string,
  work: (accepted?: readonly Loss['kind'][]) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error, 'conflict') || error.losses.length === 0) throw error;
    const options = { modal: true, detail: linkless(error.explanation ?? '') };
    if ((await vscode.window.showWarningMessage(linkless(error.message), options, button)) !== button) return undefined;
    return work(error.losses.map(({ kind }) => kind));
  }
}
