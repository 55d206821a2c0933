import * as vscode from 'vscode';
import type { Reach } from '../../app/databases/checkDatabaseServer';
import { AppError } from '../../core/errors';
import { runWithProgress } from '../report/progress';
import { targetWorktree } from '../context/prompts';
import { linkless } from '../editor/text';
import type { CommandHandler } from '../context/commandContext';

/** Says which of the two addresses of the database server works: this machine's or the pods'. */
export const checkDatabase: CommandHandler = async (context, argument) => {
  const entry = await targetWorktree(context, argument, {
    placeholder: 'Choose the worktree whose database server to check',
    isFit: ({ environment }) => environment?.database !== undefined,
    none: 'No worktree has an environment with a database.',
  });
  if (!entry) return;
  const { databases, log } = context.dependencies;
  const input = { folder: entry.worktree.path };
  const { machine, pods } = await runWithProgress('Checking the database server', databases.checkServer, input, log);
  const message = `This machine: ${told(machine)} Pods: ${told(pods)}`;
  const setting = machine.setting ?? pods.setting;
  if (setting === undefined) return void vscode.window.showInformationMessage(linkless(message));
  throw new AppError('unreachable', message, {
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting } },
  });
};

function told({ state, detail }: Reach): string {
  const words = { reached: 'reached', failed: 'not reached', unknown: 'not known' }[state];
  return `${words} (${detail.replace(/\.$/, '')}).`;
}
