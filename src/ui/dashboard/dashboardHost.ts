import type { Uri } from 'vscode';
import type { Notice } from '../../../webview/protocol';
import type { SnapshotStore } from '../../app/snapshot/snapshotStore';
import type { Telemetry } from '../../core/ports/telemetry';
import type { UiDependencies, UiLog } from '../editor/dependencies';
import type { ExternalUrls } from './externalUrls';
import type { GrafanaWatch } from './grafanaWatch';

/** What one dashboard shares with all others, and asks of the window. */
export interface DashboardHost {
  readonly watchTelemetry: Telemetry['watch'];
  readonly pastTelemetry: Telemetry['past'];
  readonly commits: UiDependencies['worktrees']['commits'];
  readonly store: Pick<SnapshotStore, 'snapshot' | 'onDidChange'>;
  readonly log: UiLog;
  readonly grafana: GrafanaWatch;
  readonly external: ExternalUrls;
  /** The folder with the page's script and style: all that the page may read. */
  readonly files: Uri;
  /** The address that a setting names; undefined: Grafana is infra's, if there is one. */
  ownGrafana(): string | undefined;
  /** @param grafana its address, where there is one */
  fix(fix: Notice['fixes'][number]['fix'], grafana: string | undefined): Promise<void>;
  /** Asks with which other environment this worktree's is to be compared, and says so to its dashboard. */
  chooseComparison(worktree: string): Promise<void>;
  showLogs(worktree: string, service: string): Promise<void>;
  /** Tells a person what went wrong. */
  readonly report: (error: unknown) => void;
  onDidChangeVisibility(): void;
  onDidClose(panel: { readonly worktree: string }): void;
}
