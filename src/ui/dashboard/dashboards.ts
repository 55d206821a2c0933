import * as vscode from 'vscode';
import { DisposableStore } from '../../core/event';
import { firstView, pageStateOf, type Notice, type PageState } from '../../../webview/protocol';
import { dashboardViewType, type DashboardsOptions, type OpenDashboards } from '../window/pages';
import { entryOfFolder, plainWorktreeName } from '../editor/windowEntry';
import { readSettings } from '../editor/settings';
import { iconless, shortened } from '../editor/text';
import { DashboardPanel } from './dashboardPanel';
import { ExternalUrls } from './externalUrls';
import { GrafanaWatch } from './grafanaWatch';

const grafanaManual = 'https://grafana.com/docs/grafana/latest/setup-grafana/';
const manuals = {
  allowEmbedding: `${grafanaManual}configure-grafana/#allow_embedding`,
  allowViewing: `${grafanaManual}configure-security/configure-authentication/anonymous-auth/`,
} as const;

/** All dashboards of the window, one for each worktree. */
export class Dashboards implements OpenDashboards {
  readonly #options: DashboardsOptions;
  readonly #held = new DisposableStore();
  readonly #panels = new Map<string, DashboardPanel>();
  readonly #external = new ExternalUrls();
  readonly #grafana: GrafanaWatch;

  constructor(options: DashboardsOptions) {
    this.#options = options;
    const { dependencies } = options;
    this.#grafana = new GrafanaWatch(dependencies.telemetry, ancestors(), dependencies.log);
    this.#held.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('coppice')) void this.#grafana.checkNow();
      }),
    );
  }

  /**
   * Brings up the worktree's dashboard, or opens one: beside another's, so that both are seen.
   *
   * @param comparedWith the worktree whose environment it is to draw, too; undefined: as it is
   */
  open(worktree: string, comparedWith?: string): void {
    const known = this.#panels.get(worktree);
    if (known) {
      known.panel.reveal();
      if (comparedWith !== undefined) void known.compareWith(comparedWith);
      return;
    }
    const entry = entryOfFolder(this.#options.dependencies.store.snapshot, worktree);
    const title = shortened(`${iconless(entry ? plainWorktreeName(entry) : worktree)} · Dashboard`, 80);
    const seen = [...this.#panels.values()].filter(({ panel }) => panel.visible);
    const column = seen.length === 1 ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    // Kept when hidden: a Grafana panel takes seconds to load, and would forget what a person had chosen in it.
    const panel = vscode.window.createWebviewPanel(dashboardViewType, title, column, {
      enableScripts: true,
      retainContextWhenHidden: true,
      localResourceRoots: [this.#files],
    });
    this.#adopt(panel, { worktree, view: firstView, comparedWith: comparedWith ?? '' });
  }

  /** A tab that the window had when it was closed. */
  restore(panel: vscode.WebviewPanel, told: unknown): void {
    const state = pageStateOf(told);
    if (!state || this.#panels.has(state.worktree) || !vscode.workspace.isTrusted) panel.dispose();
    else this.#adopt(panel, state);
  }

  /** Leaves the tabs: the window that comes after this one brings them back. */
  dispose(): void {
    for (const panel of [...this.#panels.values()]) panel.dispose();
    this.#held.dispose();
  }

  get #files(): vscode.Uri {
    return vscode.Uri.joinPath(this.#options.extensionUri, 'dist', 'webview');
  }

  #adopt(panel: vscode.WebviewPanel, state: Pick<PageState, 'worktree' | 'view' | 'comparedWith'>): void {
    const { dependencies, report } = this.#options;
    const { store, log } = dependencies;
    const made = new DashboardPanel(panel, state, {
      store,
      log,
      grafana: this.#grafana,
      external: this.#external,
      files: this.#files,
      watchTelemetry: (namespace, listener, signal) => dependencies.telemetry.watch(namespace, listener, signal),
      pastTelemetry: (...asked) => dependencies.telemetry.past(...asked),
      commits: (...asked) => dependencies.worktrees.commits(...asked),
      ownGrafana: () => readSettings()['grafana.url'] || undefined,
      fix: (fix, grafana) => this.#fix(fix, grafana),
      chooseComparison: async (worktree) =>
        void (await vscode.commands.executeCommand('coppice.compareDashboard', `worktree:${worktree}`)),
      showLogs: async (worktree, service) => this.#showLogs(worktree, service),
      report,
      onDidChangeVisibility: () => this.#tellVisibility(),
      onDidClose: (closed) => {
        if (this.#panels.get(closed.worktree) === closed) this.#panels.delete(closed.worktree);
        this.#tellVisibility();
      },
    });
    this.#panels.set(state.worktree, made);
    this.#tellVisibility();
  }

  #tellVisibility(): void {
    this.#options.onDidChangeVisibility([...this.#panels.values()].some(({ isVisible }) => isVisible));
  }

  #showLogs(worktree: string, service: string): void {
    const entry = entryOfFolder(this.#options.dependencies.store.snapshot, worktree);
    const known = entry?.environment?.services.find(({ name }) => name === service);
    if (entry?.environment && known)
      this.#options.showLogs(entry.environment.namespace, known.name, plainWorktreeName(entry));
  }

  async #fix(fix: Notice['fixes'][number]['fix'], grafana: string | undefined): Promise<void> {
    switch (fix) {
      case 'check':
        return this.#grafana.checkNow();
      case 'settings': {
        const setting = 'coppice.grafana.url';
        if (vscode.env.remoteName === undefined)
          await vscode.commands.executeCommand('workbench.action.openSettings', setting);
        else await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query: setting });
        return;
      }
      case 'setUpInfra':
        await vscode.commands.executeCommand('coppice.setUpInfra');
        return this.#grafana.checkNow();
      case 'startCluster':
        return void (await vscode.commands.executeCommand('coppice.startCluster'));
      case 'openGrafana':
        if (grafana !== undefined)
          await vscode.env.openExternal(vscode.Uri.parse(await this.#external.of(grafana), true));
        return;
      case 'allowEmbedding':
      case 'allowViewing':
        return void (await vscode.env.openExternal(vscode.Uri.parse(manuals[fix], true)));
    }
  }
}

/** Origins of the pages that the editor puts around a frame. */
function ancestors(): string[] {
  return vscode.env.uiKind === vscode.UIKind.Web
    ? ['https://webview.vscode-cdn.net']
    : ['vscode-webview://dashboard', 'vscode-file://vscode-app'];
}
