import * as vscode from 'vscode';
import { wireProduct } from './wiring/wireProduct';
import { activateUi } from './ui/activateUi';
import type { UiDependencies } from './ui/dependencies';
import { openLog } from './ui/log';
import { readSettings } from './ui/settings';

const passwordKey = 'coppice.postgres.password';
const grafanaPasswordKey = 'coppice.grafana.password';

export function activate(context: vscode.ExtensionContext): void {
  const log = openLog();
  context.subscriptions.push(log);
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  const product = wireProduct({
    root: context.extensionPath,
    env: process.env,
    execPath: process.execPath,
    settings: readSettings,
    postgresPassword: async () => context.secrets.get(passwordKey),
    log,
    folder,
  });
  const store = product.createStore(folder);
  context.subscriptions.push(store);
  const dependencies = {
    ...product,
    store,
    log,
    environmentVariables: (path) => product.terminalVariables(path, AbortSignal.timeout(10_000)),
    storePostgresPassword: async (password) =>
      password === undefined ? context.secrets.delete(passwordKey) : context.secrets.store(passwordKey, password),
    storeGrafanaPassword: async (password) =>
      password === undefined
        ? context.secrets.delete(grafanaPasswordKey)
        : context.secrets.store(grafanaPasswordKey, password),
  } satisfies UiDependencies;
  activateUi(context, dependencies, async () => (await import('./ui/dashboard/dashboards')).Dashboards);
}
