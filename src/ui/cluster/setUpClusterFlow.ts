import * as vscode from 'vscode';
import { clusterNameProblem, defaultClusterName } from '../../core/clusters/localClusterPlan';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { setUpInfraInteractively } from '../infra/setUpInfraFlow';
import { runWithProgress } from '../report/progress';
import { linkless } from '../editor/text';

/** Asks for a name, makes a cluster of that name on this machine, and says where its URLs are. */
export async function setUpClusterInteractively(context: CommandContext): Promise<void> {
  const folder = await repositoryFolder(context);
  const name = await vscode.window.showInputBox({
    title: 'Set Up Cluster',
    prompt:
      'Name of the cluster. k3d makes it on this machine, in Docker: one server, two agents, a registry and Traefik. The environments of this repository run there from then on.',
    value: defaultClusterName,
    ignoreFocusOut: true,
    validateInput: (text) => clusterNameProblem(text),
  });
  if (name === undefined) return;
  const { clusters, log } = context.dependencies;
  const made = await runWithProgress(`Setting up the cluster ${name}`, clusters.setUp, { folder, name }, log);
  await context.refresh();
  const port = made.httpPort === 80 ? '' : ` Its URLs have port ${made.httpPort}.`;
  const text = `The environments of this repository run in the cluster ${made.name} from now on.${port}`;
  const infra = 'Set Up Infra…';
  const chosen = await vscode.window.showInformationMessage(linkless(text), infra);
  if (chosen === infra) await setUpInfraInteractively(context);
}
