import * as vscode from 'vscode';
import type { ClusterOption } from '../../app/cluster/clusterOptions';
import { clusterText } from '../../core/clusters/clusterRules';
import { AppError } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { plural } from '../../core/text/plural';
import { linkless } from '../editor/text';
import { clusterChoices, type ClusterChoice } from './clusterChoices';
import { setUpClusterInteractively } from './setUpClusterFlow';

const title = 'Choose Cluster';

/** For who has none in containers yet. */
const setUpRow: ClusterChoice = {
  label: '$(add) Set Up Cluster…',
  description: '',
  detail: 'Makes one on this machine with k3d and Docker',
};

/** Asks which cluster the repository's environments are to run in, and makes it so. */
export async function chooseClusterInteractively(context: CommandContext): Promise<void> {
  const folder = await repositoryFolder(context);
  const { signal } = new AbortController();
  const choices: Promise<readonly ClusterChoice[]> = context.dependencies.clusters
    .options(folder, signal)
    .then((options) => [...clusterChoices(options), setUpRow]);
  const picked = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder: 'Where the environments of this repository run',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) return;
  if (picked === setUpRow) return setUpClusterInteractively(context);
  if (picked.problem) throw picked.problem;
  const { option } = picked;
  if (!option) return;
  // What is not allowed is told with the way to allow it; there is nothing to confirm before.
  const mustType = option.isAllowed && option.looksLikeProduction;
  if (mustType && !(await typeName(option))) return;
  const request = { folder, name: option.name, confirmed: mustType ? option.name : undefined };
  const { elsewhere } = await context.dependencies.clusters.choose(request, { signal, report: () => undefined });
  await context.refresh();
  const left = elsewhere.length;
  if (left === 0) return;
  void vscode.window.showWarningMessage(
    linkless(
      `${plural(left, 'environment lives', 'environments live')} in another cluster and ${left === 1 ? 'stays' : 'stay'} there: ${elsewhere.map(({ names }) => names.slug).join(', ')}. Choose that cluster again to work with ${left === 1 ? 'it' : 'them'}.`,
    ),
  );
}

/** @returns whether the person typed the name */
async function typeName({ name, chosen }: ClusterOption): Promise<boolean> {
  const typed = await vscode.window.showInputBox({
    title: `${title}: ${name}`,
    prompt: linkless(`${clusterText(chosen.identity)} looks like production. Type ${name} to let Coppice change it.`),
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' || name.startsWith(text) ? undefined : 'That is not its name.'),
  });
  if (typed === undefined) return false;
  if (typed !== name) throw new AppError('conflict', `Nothing was chosen: ${JSON.stringify(typed)} is not the name.`);
  return true;
}
