import * as vscode from 'vscode';
import { wireProduct } from './wiring/wireProduct';
import { activateUi } from './ui/activateUi';
import type { UiDependencies } from './ui/editor/dependencies';
import { openLog } from './ui/editor/log';
import { readSettings } from './ui/editor/settings';
import { includeFiles } from './ui/editor/includeFiles';
import { trustedFolders } from './ui/editor/trustedFolders';

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
    trustedFolders,
    includeFiles,
    folder,
  });
  const store = product.snapshots.open(folder);
  context.subscriptions.push(store);
  const keep = async (key: string, secret: string | undefined) =>
    secret === undefined ? context.secrets.delete(key) : context.secrets.store(key, secret);
  const secrets = {
    storePostgresPassword: (password: string | undefined) => keep(passwordKey, password),
    storeGrafanaPassword: (password: string | undefined) => keep(grafanaPasswordKey, password),
    values: async () => {
      const kept = await Promise.all([passwordKey, grafanaPasswordKey].map((key) => context.secrets.get(key)));
      return kept.filter((secret) => secret !== undefined);
    },
  };
  const dependencies: UiDependencies = { ...product, store, log, secrets };
  activateUi(context, dependencies, {
    commands: async () => (await import('./ui/commands/commandHandlers')).commandHandlers,
    waitNotices: async () => (await import('./ui/window/waitNotices')).WaitNotices,
    dashboards: async () => (await import('./ui/dashboard/dashboards')).Dashboards,
    logs: async () => (await import('./ui/logPages/logPages')).LogPages,
    overview: async () => (await import('./ui/overview/overview')).Overview,
  });
}
