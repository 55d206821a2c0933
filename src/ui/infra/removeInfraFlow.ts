import * as vscode from 'vscode';
import { infraLosses } from '../../app/infra/removeInfra';
import type { CommandContext } from '../context/commandContext';
import { repositoryFolder } from '../create/createFlow';
import { runWithProgress } from '../report/progress';
import { linkless } from '../editor/text';

/** Says what goes with infra, and removes it when that is accepted. */
export async function removeInfraInteractively(context: CommandContext): Promise<void> {
  const { infra, secrets, log } = context.dependencies;
  const folder = await repositoryFolder(context);
  const { signal } = new AbortController();
  const contents = await infra.contents({ folder }, { signal, report: () => undefined });
  const go = 'Remove Infra and Its Data';
  const options = { modal: true, detail: linkless(['This is lost:', ...infraLosses(contents)].join('\n')) };
  if ((await vscode.window.showWarningMessage('Remove infra from this cluster?', options, go)) !== go) return;
  const accepted = [...contents.volumes.map(({ name }) => name), ...contents.environments];
  await runWithProgress('Removing infra', infra.remove, { folder, accepted }, log);
  await secrets.storeGrafanaPassword(undefined);
  await context.refresh();
}
