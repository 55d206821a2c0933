import * as vscode from 'vscode';
import type { LogFeed, LogListener } from '../../app/logs/logFeed';
import { DisposableStore } from '../../core/event';
import type { WorktreeEntry } from '../../core/model';
import { isFromLogs, logsLimits, type FromLogs, type ToLogs } from '../../../webview/logsProtocol';
import { pageHtml } from '../dashboard/pageHtml';
import type { UiDependencies } from '../editor/dependencies';
import { folderUri } from '../editor/open';
import { plainLine, shortened } from '../editor/text';
import { environmentMessage, lineView } from './logMessages';

/** So often it is asked when the worktree was last edited, in milliseconds, while somebody wants what came since. */
const editsAgainMs = 5000;

interface LogPageOptions {
  readonly dependencies: UiDependencies;
  readonly report: (error: unknown) => void;
  /** Where the page's script and style lie. */
  readonly files: vscode.Uri;
  /** It is shown or hidden; `isClosed`: it is gone. */
  readonly onDidChange: (isClosed: boolean) => void;
}

/** The tab with what all services of one worktree print. They are read only while it is seen. */
export class LogPage implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #worktree: string;
  readonly #options: LogPageOptions;
  readonly #held = new DisposableStore();
  #read: { readonly namespace: string; readonly feed: Promise<LogFeed> } | undefined;
  readonly #failures = new Map<string, string>();
  #isReady = false;
  #isAnew = true;
  #told = '';
  #edits: AbortController | undefined;

  constructor(panel: vscode.WebviewPanel, worktree: string, options: LogPageOptions) {
    this.panel = panel;
    this.#worktree = worktree;
    this.#options = options;
  }

  begin(): void {
    const { panel } = this;
    panel.iconPath = new vscode.ThemeIcon('output');
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#options.files] };
    this.#held.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#held.add(panel.onDidChangeViewState(() => this.#follow()));
    this.#held.add(panel.onDidDispose(() => this.dispose()));
    this.#held.add(this.#options.dependencies.store.onDidChange(() => this.#tell()));
    this.#load();
    this.#follow();
  }

  dispose(): void {
    this.#pause();
    this.#held.dispose();
    this.#options.onDidChange(true);
  }

  #load(): void {
    const { webview } = this.panel;
    const file = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.#options.files, name)).toString();
    const nonce = (): string => crypto.randomUUID().replaceAll('-', '');
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      title: 'Coppice Logs',
      script: file('logs.js'),
      style: file('logs-style.css'),
      nonce: nonce(),
      styleNonce: nonce(),
      frameOrigin: undefined,
      worktree: this.#worktree,
      first: [this.#environment],
    });
  }

  #follow(): void {
    if (!this.panel.visible) this.#pause();
    this.#options.onDidChange(false);
  }

  #pause(): void {
    this.#stopReading();
    this.#edits?.abort();
    this.#edits = undefined;
    // A page that is hidden is gone: it says that it is ready when it is there again.
    this.#isReady = false;
  }

  #stopReading(): void {
    void this.#read?.feed.then((feed) => feed.dispose());
    this.#read = undefined;
    this.#isAnew = true;
    this.#failures.clear();
  }

  get #entry(): WorktreeEntry | undefined {
    return this.#options.dependencies.store.snapshot.entries.find(({ worktree }) => worktree.path === this.#worktree);
  }

  get #environment(): ToLogs {
    return environmentMessage(this.#entry, this.#options.dependencies.store.snapshot, [...this.#failures.values()]);
  }

  #receive(message: unknown): void {
    const { dependencies, report } = this.#options;
    if (!isFromLogs(message)) return dependencies.log.warn('The logs refused a message that they do not know.');
    this.#act(message).catch((error: unknown) => report(error));
  }

  async #act(message: FromLogs): Promise<void> {
    switch (message.type) {
      case 'ready':
        if (!this.panel.visible) return;
        this.#stopReading();
        this.#isReady = true;
        this.#told = '';
        return this.#tell();
      case 'edits':
        this.#edits?.abort();
        this.#edits = undefined;
        if (message.isWanted && this.panel.visible)
          void this.#followEdits((this.#edits = new AbortController()).signal);
        return;
      case 'open':
        return this.#open(message);
    }
  }

  /** Reads what is there to be read, and says what has changed. */
  #tell(): void {
    if (!this.#isReady) return;
    const { environment } = this.#entry ?? {};
    if (this.#read && this.#read.namespace !== environment?.namespace) this.#stopReading();
    if (environment) {
      const { namespace } = environment;
      this.#read ??= { namespace, feed: this.#begin(namespace) };
      const services = environment.services.map(({ name }) => name);
      const { feed } = this.#read;
      void feed.then((begun) => {
        if (this.#read?.feed === feed) begun.follow(services);
      });
    }
    const message = this.#environment;
    const told = JSON.stringify(message);
    if (told !== this.#told) this.#post(message);
    this.#told = told;
  }

  #begin(namespace: string): Promise<LogFeed> {
    const isOfNow = (): boolean => this.#isReady && this.#read?.feed === feed;
    const listener: LogListener = {
      onEntries: (entries) => {
        if (!isOfNow()) return;
        const lines = entries.map(lineView);
        for (let at = 0; at < lines.length; at += logsLimits.lines) {
          this.#post({ type: 'lines', isAnew: this.#isAnew, lines: lines.slice(at, at + logsLimits.lines) });
          this.#isAnew = false;
        }
      },
      onState: (service, failure) => {
        if (!isOfNow()) return;
        if (failure === undefined) this.#failures.delete(service);
        else this.#failures.set(service, failure);
        this.#tell();
      },
    };
    const feed = this.#options.dependencies.services.logFeed(namespace, listener);
    feed.catch((error: unknown) => this.#options.report(error));
    return feed;
  }

  /** Never rejects. */
  async #followEdits(signal: AbortSignal): Promise<void> {
    const { services, log } = this.#options.dependencies;
    while (!signal.aborted) {
      const worktree = this.#entry?.worktree;
      try {
        const at = worktree && (await services.lastEdit(worktree, signal));
        if (!signal.aborted) this.#post({ type: 'edit', at: at ?? null });
      } catch (error) {
        log.debug(`When ${this.#worktree} was edited is not known: ${String(error)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, editsAgainMs);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
  }

  /** What is no file of the worktree is not opened, whoever has printed its name. */
  async #open({ service, file, line, column }: Extract<FromLogs, { type: 'open' }>): Promise<void> {
    const { services } = this.#options.dependencies;
    const path = await services.source({ path: this.#worktree, service, file }, AbortSignal.timeout(10_000));
    if (path === undefined) {
      const text = `${file} is no file of this worktree.`;
      return this.#post({ type: 'said', text: shortened(plainLine(text), logsLimits.words) });
    }
    const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(folderUri(path)), {
      selection: new vscode.Range(at, at),
      viewColumn: vscode.ViewColumn.Beside,
      preview: true,
    });
  }

  #post(message: ToLogs): void {
    if (this.#isReady) void this.panel.webview.postMessage(message);
  }
}
