import * as vscode from 'vscode';
import type { ClusterContents } from '../../app/cluster/deleteCluster';
import { AppError } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { runWithProgress } from '../report/progress';
import { plural } from '../../core/text/plural';
import { linkless } from '../editor/text';

/** Asks which of the clusters that Coppice made is to go, and for consent to what goes with it, by name. */
export async function deleteClusterInteractively(context: CommandContext): Promise<void> {
  const { clusters, log } = context.dependencies;
  const folder = await repositoryFolder(context);
  const names = (await clusters.local()).map((record) => record.name);
  if (names.length === 0) throw new AppError('notFound', 'Coppice has made no cluster on this machine.');
  const name =
    names.length === 1
      ? names[0]
      : await vscode.window.showQuickPick(names, { placeHolder: 'Choose the cluster to delete' });
  if (name === undefined) return;
  const looking = { signal: new AbortController().signal, report: () => undefined };
  const contents = await clusters.contents({ folder, name }, looking);
  const question = deleteQuestion(contents);
  const message = `Delete the cluster ${name}?`;
  const options = { modal: true, detail: linkless(question.detail) };
  if ((await vscode.window.showWarningMessage(linkless(message), options, question.button)) !== question.button) return;
  const accepted = [...contents.own, ...contents.others];
  const request = { folder, name, accepted, unseen: contents.isUnseen };
  await runWithProgress(`Deleting the cluster ${name}`, clusters.delete, request, log);
  await context.refresh();
}

/** What a person consents to: environments of other repositories are named apart, and in the button. */
export function deleteQuestion({ own, others, isUnseen }: ClusterContents): { detail: string; button: string } {
  const lines = ['Its registry goes with it, and infra with all data where it has that. Worktrees and branches stay.'];
  if (isUnseen) lines.push('It does not run: which environments are in it cannot be seen. They go with it.');
  if (own.length > 0)
    lines.push(`${plural(own.length, 'environment')} of this repository, databases included: ${own.join(', ')}.`);
  if (others.length > 0)
    lines.push(`${plural(others.length, 'environment')} of other repositories: ${others.join(', ')}.`);
  const lost = own.length + others.length;
  const button =
    others.length > 0
      ? `Delete With ${plural(others.length, "Other Repository's Environment", "Other Repositories' Environments")}`
      : lost > 0
        ? `Delete With ${plural(lost, 'Environment')}`
        : 'Delete Cluster';
  return { detail: lines.join('\n'), button };
}
