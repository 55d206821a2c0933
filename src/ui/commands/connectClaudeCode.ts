import * as vscode from 'vscode';
import { lineChanges } from '../../core/text/lineChanges';
import { repositoryFolder } from '../create/createFlow';
import { linkless } from '../editor/text';
import type { CommandHandler } from '../context/commandContext';

const connect = 'Connect';
const disconnect = 'Disconnect';
const openFile = 'Open File';

/** Shows what would be written before it is; where that stands there already, it can be taken away. */
export const connectClaudeCode: CommandHandler = async (context) => {
  const { tools } = context.dependencies;
  const run = { signal: AbortSignal.timeout(30_000), report: () => undefined };
  const request = { folder: await repositoryFolder(context), tool: 'claude-code' } as const;
  const { file, before, after, isIn, note } = await tools.connect({ ...request, isDry: true }, run);
  if (isIn !== undefined) {
    // Only who wrote it there knows for which repositories.
    const message = `Claude Code is connected, by ${isIn}: what is there can be taken away there only.`;
    if ((await vscode.window.showInformationMessage(linkless(message), openFile)) === openFile)
      await vscode.window.showTextDocument(vscode.Uri.file(isIn));
    return;
  }
  if (before === after) {
    const untold = note === undefined ? '' : ` ${note}`;
    const message = `Claude Code is connected: ${file}. The worktrees that it makes get an environment.${untold}`;
    if ((await vscode.window.showInformationMessage(linkless(message), disconnect)) !== disconnect) return;
    await tools.connect({ ...request, isRemoval: true }, run);
    void vscode.window.showInformationMessage('Claude Code is no longer connected: it makes its worktrees itself.');
    return;
  }
  const added = lineChanges(before, after).filter(({ kind }) => kind === 'added');
  const ends = 'What is written to its database goes with its worktree when Claude Code removes that.';
  const detail = `${ends}\n\nWritten to ${file}:\n${added.map(({ line }) => line).join('\n')}${note === undefined ? '' : `\n\n${note}`}`;
  const message = 'Have every worktree that Claude Code makes get an environment before its session begins?';
  if ((await vscode.window.showInformationMessage(linkless(message), { modal: true, detail }, connect)) !== connect)
    return;
  await tools.connect(request, run);
  void vscode.window.showInformationMessage('Claude Code is connected, from its next session on.');
};
