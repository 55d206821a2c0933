import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import type { CommandHandler } from '../context/commandContext';

/** Opens a report that a person reads, changes and gives away, or not: it is nowhere but in the editor. */
export const reportProblem: CommandHandler = async ({ dependencies: { reports, log, secrets }, folders }) => {
  const request = {
    folder: folders[0],
    program: `${vscode.env.appName} ${vscode.version}`,
    log: log.recent(),
    secrets: await secrets.values(),
  };
  const content = await runWithProgress('Collecting what a report needs', reports.make, request, log);
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document);
};
