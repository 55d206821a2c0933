import type { Uri } from 'vscode';
import type { UiDependencies } from '../editor/dependencies';
import type { LoadedPages } from './lazyPage';

export const dashboardViewType = 'coppice.dashboard';
export const overviewViewType = 'coppice.overview';
export const logsViewType = 'coppice.logs';

/** What every page needs of the window. */
export interface PageOptions {
  readonly dependencies: UiDependencies;
  readonly extensionUri: Uri;
  readonly report: (error: unknown) => void;
  /** Hears whether any page of its kind is seen now: the snapshot is kept up to date for it. */
  readonly onDidChangeVisibility: (isVisible: boolean) => void;
}

/** What the dashboards need of the window. */
export interface DashboardsOptions extends PageOptions {
  readonly showLogs: (namespace: string, service: string, worktree: string) => void;
}

/** The dashboards once their code is loaded: `ui/dashboard/dashboards`. */
export interface OpenDashboards extends LoadedPages {
  open(worktree: string, comparedWith?: string): void;
}

/** What the overview needs of the window. */
export interface OverviewOptions extends PageOptions {
  /** Absolute paths of the window's folders. */
  readonly folders: () => readonly string[];
  readonly openDashboard: (worktree: string) => Promise<void>;
  readonly showLogs: (namespace: string, service: string, worktree: string) => void;
}

/** The overview once its code is loaded: `ui/overview/overview`. */
export interface OpenOverview extends LoadedPages {
  open(): void;
}

/** The logs of environments once their code is loaded: `ui/logPages/logPages`. */
export interface OpenLogs extends LoadedPages {
  open(worktree: string): void;
}

/** Each loads the code of its pages. */
export interface LoadPages {
  readonly dashboards: () => Promise<new (options: DashboardsOptions) => OpenDashboards>;
  readonly logs: () => Promise<new (options: PageOptions) => OpenLogs>;
  readonly overview: () => Promise<new (options: OverviewOptions) => OpenOverview>;
}
