import * as vscode from 'vscode';
import { environmentFileName } from '../../core/environmentFile';
import { deedOf, type Approve, type RepositoryCommand } from '../../core/repositoryCommands';
import { linkless, plainLine } from '../editor/text';

const approve = 'Approve and Run';
/** A dialog does not scroll: what is left out of it is told. */
const limits = { commands: 12, characters: 400 };

/**
 * Shows what a branch would run on this machine, once for each content.
 *
 * @throws an AbortError when the person turns away: they know that nothing was done
 */
export const askApproval: Approve = async ({ source, commands }) => {
  const message = `${environmentFileName} of ${plainLine(source)} ${deedOf(commands)}, with your rights, which you have not approved:`;
  const detail = approvalText(commands);
  if ((await vscode.window.showWarningMessage(linkless(message), { modal: true, detail }, approve)) === approve)
    return true;
  throw new DOMException('The commands were not approved.', 'AbortError');
};

/** One line a command. */
export function approvalText(commands: readonly RepositoryCommand[]): string {
  const shown = commands.slice(0, limits.commands).map(({ place, text }) => {
    const line = plainLine(text);
    const left = line.length - limits.characters;
    return `${plainLine(place)}:  ${left > 0 ? `${line.slice(0, limits.characters)} … and ${left} more characters` : line}`;
  });
  const left = commands.length - shown.length;
  return [
    ...shown,
    ...(left > 0 ? [`… and ${left} more: read ${environmentFileName} of that branch first.`] : []),
  ].join('\n');
}
