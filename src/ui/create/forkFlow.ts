import * as vscode from 'vscode';
import type { CreateRequest } from '../../app/environment/requests';
import { isAbort, toAppError } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import { newBranchNameProblem } from '../../core/naming';
import type { CommandContext } from '../context/commandContext';
import { plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';
import { makeAndOpen, repositoryFolder } from './createFlow';
import { planText } from './planPreview';
import { tellOfTrust } from './trustNotice';

/** Asks for the branch of a second attempt from a worktree's present state, its files and its database, makes it, and opens it. */
export async function forkInteractively(context: CommandContext, source: WorktreeEntry): Promise<void> {
  const folder = await repositoryFolder(context);
  const { path } = source.worktree;
  const requestFor = (branch: string): CreateRequest => ({
    ...{ folder, target: { kind: 'branch', branch }, filesFrom: path },
    ...(source.identity?.parts.database ? { databaseFrom: path } : {}),
  });
  const plan = (branch: string) =>
    context.dependencies.environments.plan(requestFor(branch), {
      signal: AbortSignal.timeout(5000),
      report: () => undefined,
    });
  const name = plainWorktreeName(source);
  const branch = await vscode.window.showInputBox({
    title: `Fork Worktree ${name}`,
    prompt: `The new branch gets all files of ${name}, committed or not, and a copy of its database; ${name} is left as it is.`,
    placeHolder: 'Type the name of the new branch',
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' ? undefined : told(text, async () => planText(await plan(text)))),
  });
  if (branch === undefined || branch === '') return;
  await tellOfTrust(context, async () => (await plan(branch)).worktreeFolder);
  await makeAndOpen(context, `Forking ${name} as ${branch}`, requestFor(branch));
}

/** Why not, or what would be made. */
async function told(
  branch: string,
  plan: () => Promise<string>,
): Promise<vscode.InputBoxValidationMessage | undefined> {
  const said = (message: string, severity: vscode.InputBoxValidationSeverity) => ({
    message: plainLine(message),
    severity,
  });
  const problem = newBranchNameProblem(branch);
  if (problem) return said(problem, vscode.InputBoxValidationSeverity.Error);
  try {
    return said(await plan(), vscode.InputBoxValidationSeverity.Info);
  } catch (error) {
    return isAbort(error) ? undefined : said(toAppError(error).message, vscode.InputBoxValidationSeverity.Error);
  }
}
