import * as vscode from 'vscode';
import type { WorktreeFilter } from '../app/view/worktreeFilter';
import { DisposableStore } from '../core/event';
import type { CommandContext } from './context/commandContext';
import { registerCommands, type LoadCommands } from './commands/registerCommands';
import { registerAgentTools } from './window/agentTools';
import { ContextKeyWriter } from './window/contextKeyWriter';
import type { UiDependencies } from './editor/dependencies';
import { Descriptions } from './services/descriptions';
import { showVisited } from './terminals/showVisited';
import { EnvironmentFileDiagnostics } from './environmentFile/diagnostics';
import { EnvironmentFileLenses } from './environmentFile/lenses';
import { FailureNotices } from './window/failureNotices';
import { EditWatch } from './window/editWatch';
import { registerSuggestions } from './environmentFile/suggestions';
import { ForwardedPorts } from './services/forwardedPorts';
import { LazyPage } from './window/lazyPage';
import { dashboardViewType, logsViewType, overviewViewType, type LoadPages } from './window/pages';
import { LogTerminals } from './logs/logTerminals';
import { act } from './report/remedies';
import { report, type Reporter } from './report/report';
import { OfferItem } from './statusBar/offerItem';
import { StatusBar } from './statusBar/statusBar';
import { statusBarText } from './statusBar/statusBarText';
import { StatusDocuments } from './status/statusDocuments';
import { emptyTree, toTree, type Tree } from './tree/nodes';
import { CreateWatch } from './tree/createWatch';
import { readUsages, usageOf } from './tree/usageOf';
import { ListChoices } from './tree/listChoices';
import { WorktreesView, worktreesViewId } from './tree/worktreesView';
import { LazyWaitNotices, type LoadWaitNotices } from './window/lazyWaitNotices';
import { NewWorktrees } from './window/newWorktrees';
import { contextKeys, viewState } from './window/viewState';
import { sweepAndCollect, sweepNowAndThen } from './window/trashSweeps';
import { WindowEnvironment } from './window/windowEnvironment';
import { readSettings } from './editor/settings';
import { windowEntry } from './editor/windowEntry';

/** What is loaded when a person first asks for it. */
export interface LoadLater extends LoadPages {
  readonly commands: LoadCommands;
  readonly waitNotices: LoadWaitNotices;
}

/**
 * Builds what a person sees and lets everything that changes render from the store's snapshot. Everything made here is
 * disposed with `context.subscriptions`; the dependencies stay the caller's.
 */
export function activateUi(context: vscode.ExtensionContext, dependencies: UiDependencies, load: LoadLater): void {
  const held = new DisposableStore();
  context.subscriptions.push(held);
  const { store, log } = dependencies;
  const folders = (): string[] => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);

  const statusBar = held.add(new StatusBar());
  const offerItem = held.add(new OfferItem());
  const newWorktrees = held.add(new NewWorktrees({ dependencies, onDidChange: () => render() }));
  const keys = new ContextKeyWriter();
  const logTerminals = held.add(new LogTerminals(dependencies));
  const statusDocuments = held.add(new StatusDocuments(() => store.snapshot));
  const failureNotices = held.add(new FailureNotices(dependencies, logTerminals));
  const descriptions = held.add(new Descriptions(dependencies));
  const forwardedPorts = held.add(new ForwardedPorts(log));
  const usages = readUsages(dependencies);
  const kept = { ofPerson: context.globalState, ofWindow: context.workspaceState };
  const making = new CreateWatch(() => render());
  const list = new ListChoices(kept, usages, () => render());
  const toRows = (filter?: WorktreeFilter): Tree =>
    vscode.workspace.isTrusted
      ? toTree(store.snapshot, folders(), forwardedPorts.all, { ...list.order, filter, making: making.all })
      : emptyTree;
  const view = held.add(new WorktreesView(usageOf(usages), list, () => toRows(list.filter)));
  const windowEnvironment = held.add(
    new WindowEnvironment(dependencies, context.environmentVariableCollection, (error) => void report(error, reporter)),
  );
  let isLoaded = false;
  let isAsked = false;
  let isLooking = false;
  let isStarted = false;
  const seenPages = new Set<string>();

  const refresh = async (): Promise<void> => {
    await vscode.window.withProgress({ location: { viewId: worktreesViewId } }, () => store.refresh());
    const isFirst = !isLoaded;
    isLoaded = true;
    render();
    // Late: whoever looks at the window waits for none of it.
    if (!isFirst) return;
    void refreshLauncher(dependencies);
    const root = store.snapshot.repository?.root;
    if (root !== undefined) void sweepAndCollect(dependencies, root, folders());
  };
  const commands: CommandContext = {
    dependencies,
    logTerminals,
    statusDocuments,
    descriptions,
    forwardedPorts,
    extensionUri: context.extensionUri,
    remembered: context.globalState,
    list,
    making,
    get snapshot() {
      return store.snapshot;
    },
    get folders() {
      return folders();
    },
    get windowEntry() {
      return windowEntry(store.snapshot, folders());
    },
    get selection() {
      return view.selection;
    },
    takeFocused: () => view.takeFocused(),
    openDashboard: async (folder, comparedWith) => (await dashboards.loaded()).open(folder, comparedWith),
    openLogs: async (folder) => (await logs.loaded()).open(folder),
    openOverview: async () => (await overview.loaded()).open(),
    nodeOf: (argument) => (typeof argument === 'string' ? toRows().nodes.get(argument) : undefined),
    reveal: async (row) => {
      try {
        await view.reveal(row);
      } catch (error) {
        // A row that went meanwhile.
        log.debug(`${row} cannot be shown: ${String(error)}`);
      }
    },
    refresh,
  };
  const reporter: Reporter = { log, act: (action) => act(action, commands) };
  held.add(registerCommands(load.commands, commands, reporter));
  const pageOptions = (viewType: string) => ({
    dependencies,
    extensionUri: context.extensionUri,
    showLogs: (namespace: string, service: string, worktree: string) => logTerminals.show(namespace, service, worktree),
    report: (error: unknown) => void report(error, reporter),
    onDidChangeVisibility: (isVisible: boolean) => {
      if (isVisible) seenPages.add(viewType);
      else seenPages.delete(viewType);
      updateVisibility();
    },
  });
  const dashboards = held.add(
    new LazyPage(dashboardViewType, async () => new (await load.dashboards())(pageOptions(dashboardViewType))),
  );
  const logs = held.add(new LazyPage(logsViewType, async () => new (await load.logs())(pageOptions(logsViewType))));
  const overview = held.add(
    new LazyPage(overviewViewType, async () => {
      const openDashboard = (folder: string) => commands.openDashboard(folder);
      return new (await load.overview())({ ...pageOptions(overviewViewType), folders, openDashboard });
    }),
  );

  const waitNotices = held.add(new LazyWaitNotices(load.waitNotices, commands));

  const tellFailures = (): void => {
    const { snapshot } = store;
    const own = windowEntry(snapshot, folders())?.worktree.path;
    failureNotices.update(snapshot, { isFocused: vscode.window.state.focused, own });
  };
  /** Said where a person sees it who looks at another window: the badge, the status bar. */
  const show = (): void => {
    const { isTrusted } = vscode.workspace;
    const { snapshot, problem } = store;
    const ofWindow = isTrusted ? windowEntry(snapshot, folders()) : undefined;
    const state = viewState(snapshot, { isTrusted, folders: folders(), isLoaded, problem });
    keys.write(contextKeys(state, snapshot, ofWindow, list));
    forwardedPorts.update(snapshot);
    view.show(isTrusted ? snapshot : undefined);
    if (!isTrusted) return statusBar.showUntrusted(folders().length > 0);
    statusBar.show(statusBarText(snapshot, ofWindow));
    waitNotices.update(snapshot);
  };
  const render = (): void => {
    show();
    // What acts waits until somebody looks: a window that is only open wakes nothing, offers nothing and starts no agent.
    if (!vscode.workspace.isTrusted || (isStarted && !isLooking)) return;
    const { snapshot } = store;
    const ofWindow = windowEntry(snapshot, folders());
    newWorktrees.update(snapshot);
    offerItem.show(newWorktrees.offered);
    statusDocuments.update();
    tellFailures();
    void windowEnvironment.update(snapshot, vscode.workspace.workspaceFolders ?? []);
    void showVisited(dependencies, ofWindow);
  };

  // Badge and status bar are seen in every window; all that the snapshot knows only where somebody looks.
  const isWatched = (): boolean =>
    folders().length > 0 && (view.visible || seenPages.size > 0 || vscode.window.state.focused);
  /** Where environments are created by themselves, worktrees are seen also while the person is elsewhere. */
  const isNeeded = (): boolean =>
    isWatched() || (folders().length > 0 && readSettings()['environments.automatic'] === 'always');
  const updateVisibility = (): void => {
    if (!vscode.workspace.isTrusted) return;
    const isOfNow = isLooking;
    isLooking = isNeeded();
    store.setVisible(isLooking);
    // What was not followed until now is told with its next news.
    if (isOfNow && isAsked) tellFailures();
    if (!isLooking || isAsked) return;
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
  held.add(
    vscode.window.onDidOpenTerminal(({ creationOptions }) => {
      // One of ours only shows something; nothing is read before somebody looks.
      if (!isAsked || 'pty' in creationOptions) return;
      windowEnvironment.useAgain();
      void windowEnvironment.update(store.snapshot, vscode.workspace.workspaceFolders ?? []);
    }),
  );
  held.add(vscode.workspace.onDidChangeWorkspaceFolders(render));
  held.add(registerSuggestions(context.extensionUri));
  held.add(registerAgentTools(context.extensionUri));
  const start = (): void => {
    if (isStarted) return;
    isStarted = true;
    held.add(new EnvironmentFileDiagnostics(dependencies));
    held.add(new EnvironmentFileLenses(dependencies));
    held.add(sweepNowAndThen(dependencies, isWatched, folders));
    held.add(new EditWatch({ read: () => store.refresh(), isWatched: () => isAsked && isWatched() }));
    held.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration('coppice')) return;
        windowEnvironment.readAgain();
        updateVisibility();
        // A window that nobody looks at reads when somebody does.
        if (isAsked && isWatched()) void store.refresh();
      }),
    );
    render();
    updateVisibility();
    if (folders().length > 0) store.setFollowed(true);
  };
  held.add(vscode.workspace.onDidGrantWorkspaceTrust(start));
  render();
  // Reading begins only after the activation is over: it loads what the activation must not wait for.
  const later = setImmediate(() => {
    if (vscode.workspace.isTrusted) start();
  });
  held.add({ dispose: () => clearImmediate(later) });
}

/** An update of the extension has moved what the program `coppice` of terminals starts. */
async function refreshLauncher({ launcher, log }: UiDependencies): Promise<void> {
  try {
    if (await launcher.refresh()) log.info('The command "coppice" starts this version of the extension now.');
  } catch (error) {
    log.warn(`The command "coppice" could not be brought up to date: ${String(error)}`);
  }
}
