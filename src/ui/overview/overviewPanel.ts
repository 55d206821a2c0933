import * as vscode from 'vscode';
import type { OverviewFeed } from '../../app/telemetry/overviewFeed';
import { overviewRows, type OverviewRow } from '../../app/view/overviewRow';
import { toAppError } from '../../core/errors';
import { DisposableStore } from '../../core/event';
import { GatheredNews } from '../../core/gatheredNews';
import { isFromOverview, type FromOverview, type ToOverview } from '../../../webview/overviewProtocol';
import { pageHtml } from '../dashboard/pageHtml';
import { openFolder } from '../editor/open';
import { plainWorktreeName, windowEntry } from '../editor/windowEntry';
import type { OverviewOptions } from '../window/pages';
import { columnsMessage, rowsMessage, serviceToShow, trendView } from './overviewMessages';

/** The least time between two tellings of the page, each of which draws all rows: figures change all the time. Milliseconds. */
const gatherMs = 1_000;
/** Ages grow, and the hour of the trends moves on. */
const minuteMs = 60_000;

/** The tab with all environments. What feeds it runs only while it is seen, and is one feed for all of them. */
export class OverviewPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #options: OverviewOptions;
  readonly #onDidClose: () => void;
  readonly #held = new DisposableStore();
  #seen: DisposableStore | undefined;
  #feed: OverviewFeed | undefined;
  #rows: readonly OverviewRow[] = [];
  #isReady = false;
  #isDisposed = false;
  #isTrendsDue = false;
  readonly #news = new GatheredNews(() => this.#tell(this.#isTrendsDue));
  #told = '';

  constructor(panel: vscode.WebviewPanel, files: vscode.Uri, options: OverviewOptions, onDidClose: () => void) {
    this.panel = panel;
    this.#options = options;
    this.#onDidClose = onDidClose;
    panel.iconPath = new vscode.ThemeIcon('table');
    panel.webview.options = { enableScripts: true, localResourceRoots: [files] };
    this.#held.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#held.add(panel.onDidChangeViewState(() => this.#follow()));
    this.#held.add(panel.onDidDispose(() => this.dispose()));
    this.#load(files);
    this.#follow();
    void this.#begin();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#pause();
    this.#feed?.dispose();
    this.#feed = undefined;
    this.#held.dispose();
    this.#options.onDidChangeVisibility(false);
    this.#onDidClose();
  }

  async #begin(): Promise<void> {
    try {
      const feed = await this.#options.dependencies.telemetry.overview();
      if (this.#isDisposed) return feed.dispose();
      this.#feed = feed;
      this.#held.add(feed.onDidChange((what) => this.#tellSoon(what === 'trends')));
      if (this.#seen) feed.start(() => this.#options.dependencies.store.snapshot);
    } catch (error) {
      this.#options.dependencies.log.error('The overview has no figures.', toAppError(error));
    }
  }

  #load(files: vscode.Uri): void {
    const { webview } = this.panel;
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    const nonce = (): string => crypto.randomUUID().replaceAll('-', '');
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      title: 'Coppice Overview',
      script: file('overview.js'),
      style: file('overview-style.css'),
      nonce: nonce(),
      styleNonce: nonce(),
      frameOrigin: undefined,
      worktree: '',
      first: [columnsMessage, this.#rowsNow()],
    });
  }

  /** Starts and pauses what feeds the page. */
  #follow(): void {
    const isVisible = this.panel.visible;
    if (isVisible === (this.#seen !== undefined)) return;
    if (!isVisible) this.#pause();
    else {
      const { store } = this.#options.dependencies;
      const seen = new DisposableStore();
      this.#seen = seen;
      seen.add(store.onDidChange(() => this.#tellSoon()));
      const ticking = setInterval(() => this.#tellSoon(true), minuteMs);
      seen.add({ dispose: () => clearInterval(ticking) });
      this.#feed?.start(() => store.snapshot);
    }
    this.#options.onDidChangeVisibility(isVisible);
  }

  #pause(): void {
    this.#seen?.dispose();
    this.#seen = undefined;
    this.#feed?.stop();
    this.#news.forget();
    // A page that is hidden is gone: it says that it is ready when it is there again.
    this.#isReady = false;
  }

  #receive(message: unknown): void {
    const { dependencies, report } = this.#options;
    if (!isFromOverview(message)) return dependencies.log.warn('The overview refused a message that it does not know.');
    this.#act(message).catch((error: unknown) => report(error));
  }

  async #act(message: FromOverview): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#told = '';
        this.#post(columnsMessage);
        return this.#tell(true);
      case 'create':
        return void (await vscode.commands.executeCommand('coppice.createWorktree'));
      case 'open': {
        const row = this.#rows.find(({ id }) => id === message.id);
        if (row) await this.#open(message.what, row);
      }
    }
  }

  /** What went meanwhile opens nothing. */
  async #open(what: Extract<FromOverview, { type: 'open' }>['what'], row: OverviewRow): Promise<void> {
    const { entry, namespace } = row;
    if (!entry) return;
    if (what === 'dashboard') return this.#options.openDashboard(entry.worktree.path);
    if (what === 'window') return openFolder(entry.worktree.path);
    const service = serviceToShow(row);
    if (namespace !== undefined && service !== undefined)
      this.#options.showLogs(namespace, service, plainWorktreeName(entry));
  }

  #tellSoon(withTrends = false): void {
    if (!this.#seen) return;
    this.#isTrendsDue ||= withTrends;
    this.#news.hear(gatherMs);
  }

  /** What has changed since the page was told last. */
  #tell(withTrends: boolean): void {
    if (!this.#isReady || !this.#seen) return;
    const rows = this.#rowsNow();
    const told = JSON.stringify(rows);
    if (told !== this.#told) this.#post(rows);
    this.#told = told;
    const { trends, facts } = this.#feed ?? {};
    if (!withTrends || !trends || !facts) return;
    this.#isTrendsDue = false;
    const shown = this.#rows.flatMap(({ id, namespace }) =>
      namespace === undefined ? [] : [trendView(id, trends.of(namespace, facts.now))],
    );
    this.#post({ type: 'trends', trends: shown });
  }

  #rowsNow(): ToOverview {
    const { store } = this.#options.dependencies;
    const { snapshot } = store;
    const facts = this.#feed?.facts ?? { now: Date.now() };
    this.#rows = overviewRows(snapshot, facts);
    const ofWindow = windowEntry(snapshot, this.#options.folders())?.worktree.path;
    return rowsMessage({ rows: this.#rows, snapshot, facts, failure: this.#feed?.failure ?? '', ofWindow });
  }

  #post(message: ToOverview): void {
    if (this.#isReady) void this.panel.webview.postMessage(message);
  }
}
