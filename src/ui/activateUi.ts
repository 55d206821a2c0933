import * as vscode from 'vscode';
import { DisposableStore } from '../core/event';
import type { CommandContext } from './context/commandContext';
import { registerCommands } from './commands/registerCommands';
import { ContextKeyWriter } from './window/contextKeyWriter';
import type { UiDependencies } from './editor/dependencies';
import { Descriptions } from './services/descriptions';
import { EnvironmentFileDiagnostics } from './environmentFile/diagnostics';
import { EditWatch } from './window/editWatch';
import { registerSuggestions } from './environmentFile/suggestions';
import { ForwardedPorts } from './services/forwardedPorts';
import { LazyDashboards, type LoadDashboards } from './window/lazyDashboards';
import { LogTerminals } from './logs/logTerminals';
import { act } from './report/remedies';
import { report, type Reporter } from './report/report';
import { StatusBar } from './statusBar/statusBar';
import { statusBarText } from './statusBar/statusBarText';
import { StatusDocuments } from './status/statusDocuments';
import { emptyTree, toTree, type Tree } from './tree/nodes';
import { WorktreesTree } from './tree/provider';
import { contextKeys, viewState } from './window/viewState';
import { WindowEnvironment } from './window/windowEnvironment';
import { windowEntry } from './editor/windowEntry';

const viewId = 'coppice.worktrees';

/**
 * Builds what a person sees and lets everything that changes render from the store's snapshot. Everything made here is
 * disposed with `context.subscriptions`; the dependencies stay the caller's.
 */
export function activateUi(
  context: vscode.ExtensionContext,
  dependencies: UiDependencies,
  loadDashboards: LoadDashboards,
): void {
  const held = new DisposableStore();
  context.subscriptions.push(held);
  const { store, log } = dependencies;
  const folders = (): string[] => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);

  const tree = held.add(new WorktreesTree());
  const view = held.add(vscode.window.createTreeView(viewId, { treeDataProvider: tree, showCollapseAll: true }));
  const statusBar = held.add(new StatusBar());
  const keys = new ContextKeyWriter();
  const logTerminals = held.add(new LogTerminals(dependencies));
  const statusDocuments = held.add(new StatusDocuments(() => store.snapshot));
  const descriptions = held.add(new Descriptions(dependencies));
  const forwardedPorts = held.add(new ForwardedPorts(log));
  const toRows = (): Tree => toTree(store.snapshot, folders(), forwardedPorts.all);
  const windowEnvironment = held.add(
    new WindowEnvironment(dependencies, context.environmentVariableCollection, (error) => void report(error, reporter)),
  );
  let isLoaded = false;
  let isAsked = false;
  let isDashboardSeen = false;

  const refresh = async (): Promise<void> => {
    await vscode.window.withProgress({ location: { viewId } }, () => store.refresh());
    isLoaded = true;
    render();
  };
  const commands: CommandContext = {
    dependencies,
    logTerminals,
    statusDocuments,
    descriptions,
    forwardedPorts,
    extensionUri: context.extensionUri,
    get snapshot() {
      return store.snapshot;
    },
    get folders() {
      return folders();
    },
    get windowEntry() {
      return windowEntry(store.snapshot, folders());
    },
    openDashboard: (folder) => dashboards.open(folder),
    nodeOf: (argument) => (typeof argument === 'string' ? toRows().nodes.get(argument) : undefined),
    reveal: async (row) => {
      try {
        if (view.visible) await view.reveal(row, { select: false, focus: false });
      } catch (error) {
        // A row that went meanwhile.
        log.debug(`${row} cannot be shown: ${String(error)}`);
      }
    },
    refresh,
  };
  const reporter: Reporter = { log, act: (action) => act(action, commands) };
  held.add(registerCommands(commands, reporter));
  const dashboards = held.add(
    new LazyDashboards(loadDashboards, {
      dependencies,
      extensionUri: context.extensionUri,
      showLogs: (namespace, service, worktree) => logTerminals.show(namespace, service, worktree),
      report: (error) => void report(error, reporter),
      onDidChangeVisibility: (isVisible) => {
        isDashboardSeen = isVisible;
        updateVisibility();
      },
    }),
  );

  const render = (): void => {
    const { isTrusted } = vscode.workspace;
    const { snapshot, problem } = store;
    const ofWindow = isTrusted ? windowEntry(snapshot, folders()) : undefined;
    const state = viewState(snapshot, { isTrusted, folders: folders(), isLoaded, problem });
    keys.write(contextKeys(state, snapshot, ofWindow));
    forwardedPorts.update(snapshot);
    tree.show(isTrusted ? toRows() : emptyTree);
    if (!isTrusted) return statusBar.showUntrusted(folders().length > 0);
    statusBar.show(statusBarText(snapshot, ofWindow));
    statusDocuments.update();
    void windowEnvironment.update(snapshot, vscode.workspace.workspaceFolders ?? []);
  };

  // The status bar and the terminals live from the snapshot too, but only the window that a person works in needs news.
  const isWatched = (): boolean =>
    folders().length > 0 && (view.visible || isDashboardSeen || vscode.window.state.focused);
  const updateVisibility = (): void => {
    if (!vscode.workspace.isTrusted) return;
    store.setVisible(isWatched());
    if (!isWatched() || isAsked) return;
    isAsked = true;
    void refresh();
  };

  held.add(store.onDidChange(render));
  held.add(forwardedPorts.onDidChange(render));
  held.add(view.onDidChangeVisibility(updateVisibility));
  held.add(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) windowEnvironment.lookAgain();
      updateVisibility();
    }),
  );
  held.add(vscode.workspace.onDidChangeWorkspaceFolders(render));
  held.add(registerSuggestions(context.extensionUri));
  let isStarted = false;
  const start = (): void => {
    if (isStarted) return;
    isStarted = true;
    held.add(new EnvironmentFileDiagnostics(dependencies));
    held.add(new EditWatch({ read: () => store.refresh(), isWatched: () => isAsked && isWatched() }));
    held.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration('coppice')) return;
        windowEnvironment.readAgain();
        // A window that nobody looks at reads when somebody does.
        if (isAsked && isWatched()) void store.refresh();
      }),
    );
    render();
    updateVisibility();
  };
  held.add(vscode.workspace.onDidGrantWorkspaceTrust(start));
  render();
  // Reading begins only after the activation is over: it loads what the activation must not wait for.
  const later = setImmediate(() => {
    if (vscode.workspace.isTrusted) start();
  });
  held.add({ dispose: () => clearImmediate(later) });
}
