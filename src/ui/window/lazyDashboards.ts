import * as vscode from 'vscode';
import { DisposableStore } from '../../core/event';
import type { UiDependencies } from '../editor/dependencies';

export const dashboardViewType = 'coppice.dashboard';

/** What the dashboards need of the window. */
export interface DashboardsOptions {
  readonly dependencies: UiDependencies;
  readonly extensionUri: vscode.Uri;
  readonly showLogs: (namespace: string, service: string, worktree: string) => void;
  readonly report: (error: unknown) => void;
  /** Hears whether any dashboard is seen now: the snapshot is kept up to date for it. */
  readonly onDidChangeVisibility: (isVisible: boolean) => void;
}

/** The dashboards once their code is loaded: `ui/dashboard/dashboards`. */
export interface OpenDashboards {
  open(worktree: string): void;
  restore(panel: vscode.WebviewPanel, state: unknown): void;
  dispose(): void;
}

export type LoadDashboards = () => Promise<new (options: DashboardsOptions) => OpenDashboards>;

/** Stands for the dashboards until one is opened: their code is loaded then. Also brings back those of the last session. */
export class LazyDashboards implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #load: LoadDashboards;
  readonly #options: DashboardsOptions;
  readonly #held = new DisposableStore();
  #loaded: Promise<OpenDashboards> | undefined;

  constructor(load: LoadDashboards, options: DashboardsOptions) {
    this.#load = load;
    this.#options = options;
    this.#held.add(vscode.window.registerWebviewPanelSerializer(dashboardViewType, this));
  }

  async open(worktree: string): Promise<void> {
    (await this.#dashboards()).open(worktree);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    (await this.#dashboards()).restore(panel, state);
  }

  dispose(): void {
    this.#held.dispose();
    void this.#loaded?.then(
      (dashboards) => dashboards.dispose(),
      () => undefined,
    );
  }

  #dashboards(): Promise<OpenDashboards> {
    return (this.#loaded ??= this.#load()
      .then((Loaded) => new Loaded(this.#options))
      .catch((error: unknown) => {
        this.#loaded = undefined;
        throw error;
      }));
  }
}
