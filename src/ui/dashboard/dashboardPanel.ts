import * as vscode from 'vscode';
import { toAppError } from '../../core/errors';
import { DisposableStore } from '../../core/event';
import {
  isToHost,
  limits,
  type EnvironmentView,
  type Notice,
  type PageState,
  type ToHost,
  type ToPage,
  type View,
} from '../../../webview/protocol';
import { iconless, shortened } from '../editor/text';
import { ComparedEnvironment } from './comparedEnvironment';
import type { DashboardHost } from './dashboardHost';
import { EnvironmentFeed } from './environmentFeed';
import { environmentView } from './environmentView';
import { grafanaNotice } from './grafanaNotice';
import type { GrafanaNow } from './grafanaWatch';
import { pageHtml } from './pageHtml';
import { framesOf, linksOf } from './panelsView';
import { reachableAddresses, reachableView } from './reachable';

type PanelsMessage = Extract<ToPage, { readonly type: 'panels' }>;

/** News of the snapshot is gathered so long, in milliseconds. */
const gatherMs = 100;

/**
 * The dashboard of one worktree. The page lives as long as its tab (it is hidden with its state, and does not load again);
 * what feeds it runs only while it is seen.
 */
export class DashboardPanel implements vscode.Disposable {
  readonly worktree: string;
  readonly panel: vscode.WebviewPanel;
  readonly #host: DashboardHost;
  readonly #held = new DisposableStore();
  #seen: DisposableStore | undefined;
  readonly #other: ComparedEnvironment;
  #feed: EnvironmentFeed | undefined;
  #grafana: GrafanaNow | undefined;
  #environment: EnvironmentView;
  #panels: PanelsMessage | undefined;
  #view: View;
  #frameOrigin: string | undefined;
  #isReady = false;
  #isDisposed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(
    panel: vscode.WebviewPanel,
    state: Pick<PageState, 'worktree' | 'view' | 'comparedWith'>,
    host: DashboardHost,
  ) {
    this.panel = panel;
    this.worktree = state.worktree;
    this.#view = state.view;
    this.#host = host;
    this.#grafana = host.grafana.current;
    this.#environment = environmentView(host.store.snapshot, this.worktree);
    const compared = state.comparedWith === state.worktree ? '' : state.comparedWith;
    this.#other = new ComparedEnvironment(compared, host, (message) => this.#post(message));
    panel.iconPath = new vscode.ThemeIcon('graph');
    panel.webview.options = { enableScripts: true, localResourceRoots: [host.files] };
    this.#held.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#held.add(panel.onDidChangeViewState(() => this.#follow()));
    this.#held.add(panel.onDidDispose(() => this.dispose()));
    void this.#begin();
  }

  /** With the origin that frames will most likely come from, so that the page need not begin twice. */
  async #begin(): Promise<void> {
    const grafana = this.#grafana?.addresses.grafana ?? this.#host.ownGrafana();
    if (grafana !== undefined && /^https?:/.test(grafana) && URL.canParse(grafana))
      this.#frameOrigin = new URL(await this.#host.external.of(grafana)).origin;
    if (this.#isDisposed) return;
    this.#load();
    this.#follow();
  }

  get isVisible(): boolean {
    return this.#seen !== undefined;
  }

  /** Draws another environment on the same axes. @param worktree its folder; '': none any more */
  async compareWith(worktree: string): Promise<void> {
    this.#other.choose(worktree === this.worktree ? '' : worktree);
    await this.#update();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#seen?.dispose();
    this.#seen = undefined;
    this.#stopFeed();
    this.#held.dispose();
    this.#host.onDidClose(this);
  }

  /** Starts and pauses what feeds the page. */
  #follow(): void {
    const isVisible = this.panel.visible;
    if (isVisible === this.isVisible) return;
    if (this.#isReady) this.#post({ type: 'visible', isVisible });
    if (isVisible) {
      const seen = new DisposableStore();
      this.#seen = seen;
      const { store, grafana } = this.#host;
      seen.add(store.onDidChange(() => (this.#timer ??= setTimeout(() => void this.#update(), gatherMs))));
      seen.add(vscode.window.onDidChangeActiveColorTheme(() => void this.#update()));
      seen.add(
        grafana.watch((now) => {
          this.#grafana = now;
          void this.#update();
        }),
      );
      void this.#update();
    } else {
      this.#seen?.dispose();
      this.#seen = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#stopFeed();
    }
    this.#host.onDidChangeVisibility();
  }

  /** The page begins anew: a policy cannot be changed once a document has it. */
  #load(): void {
    const { webview } = this.panel;
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.#host.files, name)).toString();
    const nonce = (): string => crypto.randomUUID().replaceAll('-', '');
    this.#isReady = false;
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      script: file('dashboard.js'),
      style: file('style.css'),
      nonce: nonce(),
      styleNonce: nonce(),
      frameOrigin: this.#frameOrigin,
      worktree: this.worktree,
      first: [
        { type: 'environment', environment: this.#environment },
        this.#other.message,
        ...(this.#panels ? [this.#panels] : []),
      ],
    });
    this.#entitle();
  }

  /** A tab that comes back stands there before anything is known of its worktree. */
  #entitle(): void {
    const title = shortened(`${iconless(this.#environment.name)} · Dashboard`, 80);
    if (this.panel.title !== title) this.panel.title = title;
  }

  #receive(message: unknown): void {
    if (!isToHost(message)) return this.#host.log.warn('The dashboard refused a message that it does not know.');
    this.#act(message).catch((error: unknown) => this.#host.report(error));
  }

  async #act(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#other.forget();
        this.#post({ type: 'environment', environment: this.#environment });
        if (this.#panels) this.#post(this.#panels);
        this.#post({ type: 'visible', isVisible: this.isVisible });
        this.#stopFeed();
        return this.#update();
      case 'choose':
        this.#view = message.view;
        return this.#update();
      case 'fix':
        await this.#host.fix(message.fix, this.#grafana?.addresses.grafana);
        if (message.fix !== 'check') return;
        await this.#update();
        // Who asked waits for an answer, also where nothing has changed.
        if (this.#panels) this.#post(this.#panels);
        return;
      case 'showLogs':
        return this.#host.showLogs(this.worktree, message.service);
      case 'compare':
        return this.#host.chooseComparison(this.worktree);
      case 'endComparison':
        return this.compareWith('');
    }
  }

  /** Tells the page what has changed since it was told last. */
  async #update(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const turn = ++this.#turn;
    try {
      const environment = await reachableView(
        environmentView(this.#host.store.snapshot, this.worktree),
        this.#host.external,
      );
      const panels = this.#grafana && (await this.#panelsOf(this.#grafana, environment));
      if (turn !== this.#turn || !this.isVisible) return;
      this.#tell(environment, panels);
      this.#feedFrom(environment.namespace, panels);
    } catch (error) {
      this.#host.log.error(`The dashboard of ${this.worktree} could not be drawn.`, toAppError(error));
    }
  }

  #tell(environment: EnvironmentView, panels: PanelsMessage | undefined): void {
    const isOtherEnvironment = !isSame(environment, this.#environment);
    const isOtherPanels = panels !== undefined && !isSame(panels, this.#panels);
    this.#environment = environment;
    this.#panels = panels ?? this.#panels;
    this.#entitle();
    const first = panels?.frames[0];
    const origin = first ? new URL(first.url).origin : this.#frameOrigin;
    if (origin !== this.#frameOrigin) {
      this.#frameOrigin = origin;
      return this.#load();
    }
    if (isOtherEnvironment) this.#post({ type: 'environment', environment });
    if (isOtherPanels) this.#post(panels);
  }

  async #panelsOf({ addresses, grafana }: GrafanaNow, environment: EnvironmentView): Promise<PanelsMessage> {
    const { namespace } = environment;
    const reached = await reachableAddresses(addresses, this.#host.external);
    const { kind } = vscode.window.activeColorTheme;
    const isLight = kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
    const input = {
      addresses: reached,
      namespace,
      view: this.#view,
      theme: isLight ? 'light' : 'dark',
      services: environment.services.map(({ name }) => name),
    } as const;
    // Grafana's panels are of one environment each.
    const canFrame =
      !this.#other.isCompared && namespace !== '' && grafana?.state === 'ready' && reached.grafana !== undefined;
    return {
      type: 'panels',
      source: canFrame ? 'grafana' : 'own',
      frames: canFrame && reached.grafana !== undefined ? framesOf(reached.grafana, input) : [],
      links: namespace === '' ? [] : linksOf(input),
      notice: this.#notice(addresses.grafana, grafana),
      view: this.#view,
    };
  }

  #notice(address: string | undefined, state: GrafanaNow['grafana']): Notice | null {
    const { cluster } = this.#host.store.snapshot;
    const trouble =
      address !== undefined && state ? grafanaNotice(address, state, this.#host.ownGrafana() !== undefined) : null;
    if (trouble || cluster.state !== 'offline') return trouble;
    const text = shortened(`It does not answer: ${cluster.reason}.`, limits.reason);
    return { title: 'The cluster is offline', text, fixes: [{ fix: 'startCluster', title: 'Start Cluster' }] };
  }

  #feedFrom(namespace: string, panels: PanelsMessage | undefined): void {
    if (this.#isReady) this.#other.follow(this.#view.range);
    const isWanted = panels?.source === 'own' && namespace !== '' && this.#isReady;
    if (!isWanted) return this.#stopOwn();
    if (this.#feed?.namespace !== namespace) {
      this.#stopOwn();
      this.#feed = new EnvironmentFeed(namespace, this.worktree, 'all', this.#host, (message) => this.#post(message));
    }
    this.#feed.show(this.#view.range);
  }

  #stopFeed(): void {
    this.#stopOwn();
    this.#other.pause();
  }

  #stopOwn(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
  }

  #post(message: ToPage): void {
    if (this.#isReady) void this.panel.webview.postMessage(message);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
