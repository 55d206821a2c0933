import * as vscode from 'vscode';
import { DisposableStore } from '../core/event';
import type { Dashboards, DashboardsOptions } from './dashboard/dashboards';

export const dashboardViewType = 'coppice.dashboard';

export type LoadDashboards = () => Promise<new (options: DashboardsOptions) => Dashboards>;

/** Stands for the dashboards until one is opened: their code is loaded then. Also brings back those of the last session. */
export class LateDashboards implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #load: LoadDashboards;
  readonly #options: DashboardsOptions;
  readonly #held = new DisposableStore();
  #loaded: Promise<Dashboards> | undefined;

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

  #dashboards(): Promise<Dashboards> {
    return (this.#loaded ??= this.#load()
      .then((Loaded) => new Loaded(this.#options))
      .catch((error: unknown) => {
        this.#loaded = undefined;
        throw error;
      }));
  }
}
