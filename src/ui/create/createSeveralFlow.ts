import * as vscode from 'vscode';
import { createSeveral, severalBranches, severalLines, type MadeOfSeveral } from '../../app/environment/createSeveral';
import { isAppError } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { openFolder } from '../editor/open';
import { readSettings } from '../editor/settings';
import { linkless } from '../editor/text';
import { runWithProgress } from '../report/progress';
import { askAgentTask } from './askAgentTask';
import { repositoryFolder } from './createFlow';
import { keepPrompt } from './keptPrompts';
import { tellOfTrust } from './trustNotice';

const title = 'Start Several';

/** Asks how many, their name and what their agents are to do; makes them one after the other, and opens their windows. */
export async function createSeveralInteractively(context: CommandContext): Promise<void> {
  const { dependencies } = context;
  const folder = await repositoryFolder(context);
  const count = await vscode.window.showInputBox({
    title,
    prompt: 'How many agents are to try it, each in a worktree of its own?',
    value: '3',
    validateInput: (text) => problemOf(() => severalBranches('x', Number(text))),
  });
  if (count === undefined) return;
  const prefix = await vscode.window.showInputBox({
    title,
    prompt: `The name of their new branches, each followed by its number`,
    placeHolder: 'attempt, for attempt-1, attempt-2, …',
    validateInput: (text) => problemOf(() => severalBranches(text, Number(count))),
  });
  if (prefix === undefined) return;
  const task = await askAgentTask(context, title, folder, prefix.trim());
  if (!task) return;
  const base = readSettings()['worktree.base'] || (await dependencies.worktrees.defaultBase(folder));
  const branches = severalBranches(prefix.trim(), Number(count));
  const target = { kind: 'branch', branch: branches[0] ?? '', base } as const;
  const quiet = { signal: AbortSignal.timeout(5000), report: () => undefined };
  await tellOfTrust(
    context,
    async () => (await dependencies.environments.plan({ folder, target }, quiet)).worktreeFolder,
  );
  const several = createSeveral({
    create: dependencies.environments.create,
    requestAgent: (...asked) => dependencies.agents.request(...asked),
    settings: readSettings,
  });
  const request = { request: { folder }, branches, base, task };
  const made = await runWithProgress(`Creating ${branches.length} worktrees`, several, request, dependencies.log);
  // Of those that were made each has its own by now.
  if (made.every(({ result }) => result?.ready)) await keepPrompt(context, prefix.trim(), undefined);
  for (const { result } of made) if (result) await openFolder(result.worktree.path);
  tell(made);
}

function tell(made: readonly MadeOfSeveral[]): void {
  const others = made.filter(({ result }) => !result?.ready);
  if (others.length === 0) return;
  const text = `${made.length - others.length} of ${made.length} are ready. ${severalLines(others).join(' ')}`;
  void vscode.window.showWarningMessage(linkless(text));
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error.message;
    throw error;
  }
}
