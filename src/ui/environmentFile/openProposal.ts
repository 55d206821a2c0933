import * as vscode from 'vscode';
import type { UiDependencies } from '../editor/dependencies';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';

/** Opens a coppice.yaml that is written only when it is saved: until then it can be read, changed and thrown away. */
export async function openProposal(
  { environmentFile, log }: Pick<UiDependencies, 'environmentFile' | 'log'>,
  folder: string,
  uri: vscode.Uri,
): Promise<void> {
  const proposal = await runWithProgress('Reading what this repository says', environmentFile.propose, { folder }, log);
  const document = await vscode.workspace.openTextDocument(uri.with({ scheme: 'untitled', authority: '' }));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), proposal.text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
  void vscode.window.showInformationMessage(linkless(messageOf(proposal)));
}

function messageOf({
  isKnown,
  guesses,
  leftOut,
}: Awaited<ReturnType<UiDependencies['environmentFile']['propose']>>): string {
  if (!isKnown) return 'Nothing here says how this repository is started: fill in the example, and save it.';
  const parts = [
    ...(guesses.length > 0 ? [`${guesses.length} guesses are marked by comments`] : []),
    ...(leftOut.length > 0 ? ['what was not carried over is listed at its end'] : []),
  ];
  return `Look at coppice.yaml, and save it to have it${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`;
}
