import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { environmentPanels } from '../../../src/core/dashboards/environmentPanels';
import type { PanelSourceState } from '../../../src/core/ports/panelSource';
import { Dashboards } from '../../../src/ui/dashboard/dashboards';
import type { DashboardsOptions } from '../../../src/ui/window/pages';
import { firstView, isToPage, limits, type ToPage } from '../../../webview/protocol';
import { FakeTelemetry } from '../../support/fakes/fakeTelemetry';
import type { StubWebviewPanel } from '../../support/stubWebviewPanel';
import { editor, Uri } from '../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree } from './builders';
import { someDependencies } from './context';

const folder = '/repo.worktrees/feature';
const grafana = 'http://127.0.0.1:3000';
const none = { grafana: undefined, prometheus: undefined, loki: undefined, jaeger: undefined };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  editor.reset();
});
afterEach(() => vi.useRealTimers());

function someDashboards(address: string | undefined, state: () => PanelSourceState = () => ({ state: 'ready' })) {
  const telemetry = new FakeTelemetry();
  const asked: string[] = [];
  const visibility: boolean[] = [];
  const shownLogs: string[][] = [];
  const pasts: [namespace: string, lengthMs: number, stepMs: number][] = [];
  const some = someDependencies({
    worktrees: { commits: async () => [] },
    telemetry: {
      addresses: async () => ({ ...none, grafana: address }),
      checkGrafana: async (url) => {
        asked.push(url);
        return state();
      },
      watch: (namespace, listener, signal) => telemetry.watch(namespace, listener, signal),
      past: async (namespace, range) => {
        pasts.push([namespace, range.toMs - range.fromMs, range.stepMs]);
        return telemetry.past(namespace, range);
      },
    },
  });
  const options: DashboardsOptions = {
    dependencies: some.dependencies,
    extensionUri: vscode.Uri.file('/extension'),
    showLogs: (...of) => void shownLogs.push(of),
    report: (error) => {
      throw error;
    },
    onDidChangeVisibility: (isVisible) => void visibility.push(isVisible),
  };
  return { ...some, dashboards: new Dashboards(options), telemetry, asked, visibility, shownLogs, pasts };
}

/** Lets what is under way go on, and this many milliseconds pass. */
async function pass(milliseconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(0);
}

const posted = <Type extends ToPage['type']>(panel: StubWebviewPanel | undefined, type: Type) =>
  (panel?.posted ?? [])
    .filter(isToPage)
    .filter((message): message is Extract<ToPage, { type: Type }> => message.type === type);

describe('a dashboard', () => {
  it('is one for each worktree, and a second stands beside the first', () => {
    const { dashboards } = someDashboards(undefined);
    dashboards.open(folder);
    dashboards.open(folder);
    expect(editor.webviewPanels).toHaveLength(1);
    expect(editor.webviewPanels[0]).toMatchObject({
      revealed: 1,
      title: 'feature · Dashboard',
      column: vscode.ViewColumn.Active,
    });
    dashboards.open('/repo');
    expect(editor.webviewPanels[1]?.column).toBe(vscode.ViewColumn.Beside);
    expect(editor.webviewPanels[1]?.options).toMatchObject({ retainContextWhenHidden: true });
  });

  it("frames Grafana's panels with its own namespace, under a policy that names that origin and no other", async () => {
    const { dashboards } = someDashboards(grafana);
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    expect(panel?.webview.html).toContain('frame-src &#39;none&#39;');
    await pass();
    expect(panel?.webview.html).toContain(`frame-src ${grafana};`);
    panel?.say({ type: 'ready' });
    await pass();
    const [message] = posted(panel, 'panels');
    expect(message?.frames).toHaveLength(environmentPanels.length);
    for (const { url } of message?.frames ?? [])
      expect(new URL(url).searchParams.get('var-namespace')).toBe('worktree-feature');
  });

  it('shows what the cluster kept at once when it is opened, of the range that is chosen, and what is new of it later', async () => {
    const { dashboards, telemetry, pasts } = someDashboards(undefined);
    const perSecond = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 2 };
    const backend = { name: 'backend', cpuCores: undefined, memoryBytes: undefined, restarts: 1 };
    const requests = { perSecond, p50Ms: undefined, p95Ms: undefined };
    const at = Date.now() - 5 * 60_000;
    telemetry.addSample('worktree-feature', { at, services: [{ ...backend, requests }], missing: {} });
    telemetry.addMark('worktree-feature', { at, kind: 'restart', service: 'backend', count: 2 });
    telemetry.addMark('worktree-feature', { at: at + 1, kind: 'update', revision: 3 });
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    await pass();
    panel?.say({ type: 'ready' });
    await pass();
    const hour = 60 * 60_000;
    expect(pasts).toEqual([['worktree-feature', hour, 15_000]]);
    expect(posted(panel, 'past')).toMatchObject([
      {
        samples: [{ at, services: [{ name: 'backend', cpuCores: null, requests: { perSecond } }] }],
        marks: [
          { at, kind: 'restart', service: 'backend', text: 'backend restarted × 2' },
          { at: at + 1, kind: 'update', service: '', text: 'Updated, revision 3' },
        ],
      },
    ]);
    panel?.say({ type: 'choose', view: { range: '6h', refresh: '30s', service: '' } });
    await pass();
    expect(pasts.at(-1)).toEqual(['worktree-feature', 6 * hour, 60_000]);
    panel?.say({ type: 'choose', view: { range: '6h', refresh: '30s', service: 'backend' } });
    await pass();
    expect(pasts).toHaveLength(2);
    await pass(5 * 60_000);
    expect(pasts).toHaveLength(3);
    panel?.show(false);
    await pass(20 * 60_000);
    expect(pasts).toHaveLength(3);
    telemetry.keepsPast = false;
    panel?.show(true);
    await pass(200);
    expect(pasts).toHaveLength(4);
    expect(posted(panel, 'past')).toHaveLength(3);
  });

  it('is fed only while it is seen, and asks nothing while it is hidden', async () => {
    const { dashboards, telemetry, asked, visibility, publish } = someDashboards(undefined);
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    await pass();
    panel?.say({ type: 'ready' });
    await pass();
    expect(telemetry.watchers('worktree-feature')).toBe(1);
    telemetry.addLines('worktree-feature', 'backend', '\u001b[31mred\u001b[0m', 'x'.repeat(limits.line * 2));
    await pass(200);
    expect(posted(panel, 'lines')[0]).toMatchObject({ isAnew: true, lines: [{ service: 'backend', text: 'red' }, {}] });

    panel?.show(false);
    await pass();
    expect(telemetry.watchers('worktree-feature')).toBe(0);
    expect(visibility.at(-1)).toBe(false);
    const before = panel?.posted.length;
    publish(aSnapshot({ entries: [anEntry({ environment: anEnvironment({ health: 'degraded' }) })] }));
    await pass(120_000);
    expect(panel?.posted.length).toBe(before);
    expect(asked).toEqual([]);

    panel?.show(true);
    await pass();
    expect(telemetry.watchers('worktree-feature')).toBe(1);
    expect(visibility.at(-1)).toBe(true);
    expect(posted(panel, 'environment').at(-1)?.environment.state).toContain('degraded');
    expect(posted(panel, 'visible').map(({ isVisible }) => isVisible)).toEqual([true, false, true]);
  });

  it('gathers a burst of snapshots into a message or two', async () => {
    const { dashboards, publish } = someDashboards(undefined);
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    panel?.say({ type: 'ready' });
    await pass();
    const before = posted(panel, 'environment').length;
    for (let restarts = 1; restarts <= 50; restarts++) {
      publish(
        aSnapshot({ entries: [anEntry({ environment: anEnvironment({ services: [aService({ restarts })] }) })] }),
      );
      await pass(1);
    }
    await pass(200);
    const told = posted(panel, 'environment').slice(before);
    expect(told.length).toBeLessThanOrEqual(2);
    expect(told.at(-1)?.environment.services[0]?.restarts).toBe(50);
  });

  it('follows the theme and what is chosen', async () => {
    const { dashboards } = someDashboards(grafana);
    dashboards.open(folder);
    await pass();
    const panel = editor.webviewPanels[0];
    panel?.say({ type: 'ready' });
    await pass();
    const parameter = (name: string) =>
      new URL(posted(panel, 'panels').at(-1)?.frames[0]?.url ?? '').searchParams.get(name);
    expect(parameter('theme')).toBe('dark');
    panel?.say({ type: 'choose', view: { range: '6h', refresh: 'off', service: 'backend' } });
    editor.useTheme(vscode.ColorThemeKind.HighContrastLight);
    await pass();
    expect([parameter('theme'), parameter('from'), parameter('refresh')]).toEqual(['light', 'now-6h', null]);
    expect(parameter('var-service')).toBe('backend');
  });

  it('says what keeps Grafana away, draws what is known itself, and brings the frames when it is back', async () => {
    let state: PanelSourceState = { state: 'refusesFrames', header: 'X-Frame-Options: deny' };
    const { dashboards, telemetry } = someDashboards(grafana, () => state);
    dashboards.open(folder);
    await pass();
    const panel = editor.webviewPanels[0];
    panel?.say({ type: 'ready' });
    await pass();
    expect(posted(panel, 'panels').at(-1)).toMatchObject({
      source: 'own',
      frames: [],
      notice: { title: 'Grafana refuses to be shown here' },
    });
    expect(telemetry.watchers('worktree-feature')).toBe(1);
    state = { state: 'ready' };
    await pass(5000);
    panel?.say({ type: 'ready' });
    await pass();
    expect(posted(panel, 'panels').at(-1)).toMatchObject({ source: 'grafana', notice: null });
    expect(telemetry.watchers('worktree-feature')).toBe(0);

    // One late answer takes no frame away; a second does.
    state = { state: 'away', reason: 'it does not answer' };
    await pass(30_000);
    expect(posted(panel, 'panels').at(-1)?.source).toBe('grafana');
    await pass(1500);
    expect(posted(panel, 'panels').at(-1)?.source).toBe('own');
  });

  it('refuses a message that it does not know, and says so in the log only', async () => {
    const { dashboards, logged, shownLogs } = someDashboards(undefined);
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    for (const message of [
      undefined,
      { type: 'run', command: 'workbench.action.quit' },
      { type: 'showLogs' },
      { type: 'fix', fix: 'rm' },
    ])
      panel?.say(message);
    await pass();
    expect(logged).toHaveLength(4);
    expect([editor.executed, editor.opened, editor.messages]).toEqual([[], [], []]);
    panel?.say({ type: 'showLogs', service: 'nobody' });
    panel?.say({ type: 'showLogs', service: 'backend' });
    await pass();
    expect(shownLogs).toEqual([['worktree-feature', 'backend', 'feature']]);
  });

  it.each([
    ['settings', () => editor.executed, [['workbench.action.openSettings', 'coppice.grafana.url']]],
    ['setUpInfra', () => editor.executed, [['coppice.setUpInfra']]],
    ['startCluster', () => editor.executed, [['coppice.startCluster']]],
    ['openGrafana', () => editor.opened.map((url) => url.slice(0, grafana.length)), [grafana]],
  ] as const)('does what the button %s says', async (fix, done, expected) => {
    const { dashboards } = someDashboards(grafana, () => ({ state: 'wantsLogin' }));
    dashboards.open(folder);
    await pass();
    editor.webviewPanels[0]?.say({ type: 'fix', fix });
    await pass();
    expect(done()).toEqual(expected);
  });

  it('comes back with what was chosen, and not at all with a state that is none', async () => {
    const { dashboards } = someDashboards(grafana);
    const panel = vscode.window.createWebviewPanel('coppice.dashboard', 'x', vscode.ViewColumn.One);
    const view = { range: '24h', refresh: '1m', service: '' };
    dashboards.restore(panel, { version: '1', worktree: folder, view, scroll: 10 });
    await pass();
    const restored = editor.webviewPanels[0];
    restored?.say({ type: 'ready' });
    await pass();
    expect(posted(restored, 'panels').at(-1)?.view).toEqual(view);
    expect(restored?.title).toBe('feature · Dashboard');
    for (const state of [undefined, { worktree: folder }, { version: '1', worktree: folder, view, scroll: 10 }]) {
      const other = vscode.window.createWebviewPanel('coppice.dashboard', 'x', vscode.ViewColumn.One);
      dashboards.restore(other, state);
      expect(editor.webviewPanels.at(-1)?.isDisposed).toBe(true);
    }
  });

  it('is compared with another environment, which feeds it only while it is seen, until that is ended', async () => {
    const other = '/repo.worktrees/other';
    const { dashboards, telemetry, pasts, publish } = someDashboards(grafana);
    const entries = [
      anEntry(),
      anEntry({
        worktree: aWorktree({ path: other, branch: 'other' }),
        environment: anEnvironment({ namespace: 'worktree-other' }),
      }),
    ];
    publish(aSnapshot({ entries }));
    const watchers = () => ['worktree-feature', 'worktree-other'].map((namespace) => telemetry.watchers(namespace));
    const perSecond = { '1xx': 0, '2xx': 3, '3xx': 0, '4xx': 0, '5xx': 0 };
    const backend = { name: 'backend', cpuCores: 1, memoryBytes: 1, restarts: 0 };
    const requests = { perSecond, p50Ms: undefined, p95Ms: undefined };
    telemetry.addSample('worktree-other', { at: Date.now(), services: [{ ...backend, requests }], missing: {} });
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    await pass();
    panel?.say({ type: 'ready' });
    await pass();
    expect(posted(panel, 'panels').at(-1)?.source).toBe('grafana');
    expect(watchers()).toEqual([0, 0]);
    panel?.say({ type: 'compare' });
    await pass();
    expect(editor.executed).toEqual([['coppice.compareDashboard', `worktree:${folder}`]]);

    // What the command then asks for.
    dashboards.open(folder, other);
    await pass();
    expect(panel?.revealed).toBe(1);
    expect(watchers()).toEqual([1, 1]);
    expect(posted(panel, 'panels').at(-1)).toMatchObject({ source: 'own', frames: [] });
    expect(posted(panel, 'comparison').at(-1)).toMatchObject({
      with: { worktree: other, environment: { name: 'other', namespace: 'worktree-other', state: 'healthy 1/1' } },
    });
    expect(posted(panel, 'comparison').at(-1)?.with?.environment.note).toContain('Grafana');
    const news = posted(panel, 'compared');
    expect(new Set(news.map(({ worktree }) => worktree))).toEqual(new Set([other]));
    expect(news.map(({ news: { type } }) => type)).toEqual(expect.arrayContaining(['samples', 'past']));
    // The same time of both.
    panel?.say({ type: 'choose', view: { range: '6h', refresh: '30s', service: '' } });
    await pass();
    expect(pasts.slice(-2).map(([namespace, length]) => [namespace, length])).toEqual(
      expect.arrayContaining(['worktree-feature', 'worktree-other'].map((namespace) => [namespace, 6 * 60 * 60_000])),
    );

    panel?.show(false);
    await pass();
    expect(watchers()).toEqual([0, 0]);
    panel?.show(true);
    await pass();
    expect(watchers()).toEqual([1, 1]);

    // Its environment is deleted meanwhile.
    publish(aSnapshot({ entries: entries.slice(0, 1) }));
    await pass(200);
    expect(watchers()).toEqual([1, 0]);
    expect(posted(panel, 'comparison').at(-1)?.with?.environment.state).toBe('worktree is gone');

    panel?.say({ type: 'endComparison' });
    await pass();
    expect(posted(panel, 'comparison').at(-1)?.with).toBeNull();
    expect(posted(panel, 'panels').at(-1)?.source).toBe('grafana');
    expect(watchers()).toEqual([0, 0]);
  });

  it('comes back with the comparison that it had, and is never one with itself', async () => {
    const { dashboards } = someDashboards(undefined);
    for (const comparedWith of ['/repo', folder]) {
      const panel = vscode.window.createWebviewPanel('coppice.dashboard', 'x', vscode.ViewColumn.One);
      dashboards.restore(panel, { version: '2', worktree: folder, view: firstView, scroll: 0, comparedWith });
      await pass();
      const restored = editor.webviewPanels.at(-1);
      // The page's own first words have it, so that it remembers it also when nothing else comes.
      expect(restored?.webview.html.includes('"type":"comparison","with":{"worktree":"/repo"')).toBe(
        comparedWith === '/repo',
      );
      restored?.say({ type: 'ready' });
      await pass();
      expect(posted(restored, 'comparison').at(-1)?.with?.worktree).toBe(
        comparedWith === '/repo' ? '/repo' : undefined,
      );
      restored?.dispose();
    }
  });

  it('leaves its tab to the window that comes after this one', async () => {
    const { dashboards, telemetry } = someDashboards(undefined);
    dashboards.open(folder);
    const panel = editor.webviewPanels[0];
    panel?.say({ type: 'ready' });
    await pass();
    dashboards.dispose();
    expect(panel?.isDisposed).toBe(false);
    expect(telemetry.watchers('worktree-feature')).toBe(0);
  });

  it('asks for Grafana where the browser finds it when the extension runs on another machine', async () => {
    editor.remoteName = 'ssh-remote';
    editor.externalUri = () => Uri.parse('http://localhost:41234/');
    const { dashboards, asked } = someDashboards('http://grafana.localhost:8080');
    dashboards.open(folder);
    await pass();
    expect(asked).toEqual(['http://grafana.localhost:8080']);
    expect(editor.webviewPanels[0]?.webview.html).toContain('frame-src http://grafana.localhost:41234;');
  });
});
