import * as vscode from 'vscode';
import type { SetUpInfraRequest, SetUpInfraResult } from '../../app/infra/setUpInfra';
import { isAppError } from '../../core/errors';
import { infraParts, infraPartTitles } from '../../core/clusters/infra';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { runWithProgress } from '../report/progress';
import { linkless } from '../editor/text';

const title = 'Set Up Infra';

/** Asks for the parts, makes infra of them in the repository's cluster or brings the one there up to date, and says how it is. */
export async function setUpInfraInteractively(context: CommandContext): Promise<void> {
  const { dependencies } = context;
  const folder = await repositoryFolder(context);
  const { signal } = new AbortController();
  const known = await dependencies.infra
    .status({ folder }, { signal, report: () => undefined })
    .catch((error: unknown) => leadToCluster(error));
  if (known === 'none') return;
  const items = infraParts.map((part) => ({
    label: infraPartTitles[part],
    part,
    picked: known === undefined || known.parts.includes(part),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: known
      ? 'It is brought up to date; its data stay'
      : 'What all environments of the cluster are to share, in the namespace infra',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!picked) return;
  const made = await setUp(context, { folder, parts: picked.map(({ part }) => part) });
  if (!made) return;
  await context.refresh();
  const password = await dependencies.infra.grafanaPassword(folder, AbortSignal.timeout(15_000));
  await dependencies.secrets.storeGrafanaPassword(password);
  const troubled = made.services.filter(({ health }) => health !== 'healthy').map(({ name }) => name);
  if (made.ready)
    void vscode.window.showInformationMessage(made.found ? 'Infra is up to date.' : 'Infra is set up, and runs.');
  else
    void vscode.window.showWarningMessage(
      linkless(`Infra is set up, but not all of it is ready: ${troubled.join(', ')}. Its rows in the view say why.`),
    );
}

/** Where the cluster at hand can have none, another one can. @throws what is no such refusal */
async function leadToCluster(error: unknown): Promise<'none'> {
  if (!isAppError(error, 'notConfigured')) throw error;
  const ways = { 'Set Up Cluster…': 'coppice.setUpCluster', 'Choose Cluster…': 'coppice.chooseCluster' } as const;
  const titles = Object.keys(ways) as (keyof typeof ways)[];
  const chosen = await vscode.window.showWarningMessage(linkless(error.message), ...titles);
  if (chosen !== undefined) await vscode.commands.executeCommand(ways[chosen]);
  return 'none';
}

/** @returns undefined when the person does not want it that way */
async function setUp(context: CommandContext, request: SetUpInfraRequest): Promise<SetUpInfraResult | undefined> {
  const { infra, log } = context.dependencies;
  try {
    return await runWithProgress('Setting up infra', infra.setUp, request, log);
  } catch (error) {
    const lost = isAppError(error, 'conflict') ? error.losses.flatMap(({ examples }) => examples) : [];
    if (lost.length > 0 && request.accepted === undefined && isAppError(error)) {
      const lose = 'Set Up, and Lose Them';
      const how = { modal: true, detail: linkless(lost.join(', ')) };
      if ((await vscode.window.showWarningMessage(linkless(error.message), how, lose)) !== lose) return undefined;
      return setUp(context, { ...request, accepted: lost });
    }
    const isAboutVolumes = isAppError(error, 'conflict') && error.remedy?.action.kind === 'openSettings';
    if (!isAboutVolumes || request.ephemeral !== undefined) throw error;
    const go = 'Keep Data Only While It Runs';
    const options = { modal: true, detail: error.explanation ?? '' };
    if ((await vscode.window.showWarningMessage(linkless(error.message), options, go)) !== go) return undefined;
    return setUp(context, { ...request, ephemeral: true });
  }
}
