import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { OverviewFeed } from '../../../../src/app/telemetry/overviewFeed';
import { Overview } from '../../../../src/ui/overview/overview';
import type { Snapshot } from '../../../../src/core/model';
import { isToOverview, type ToOverview } from '../../../../webview/overviewProtocol';
import { FakeTelemetry } from '../../../support/fakes/fakeTelemetry';
import type { StubWebviewPanel } from '../../../support/stubWebviewPanel';
import { editor } from '../../../support/vscodeStub';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, hostileTexts, offline } from '../builders';
import { someDependencies } from '../context';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  editor.reset();
});
afterEach(() => vi.useRealTimers());

function someOverview() {
  const telemetry = new FakeTelemetry();
  const some = someDependencies({
    telemetry: {
      overview: async () =>
        new OverviewFeed({
          telemetry,
          visits: async () => undefined,
          pullRequests: async () => new Map(),
          size: async () => ({ bytes: 90 * 2 ** 20, isCut: false }),
          log: { debug: () => undefined },
          now: () => Date.now(),
          passed: () => performance.now(),
          pause: (_, signal) =>
            new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
        }),
    },
  });
  const done: string[][] = [];
  const visibility: boolean[] = [];
  const overview = new Overview({
    dependencies: some.dependencies,
    extensionUri: vscode.Uri.file('/extension'),
    folders: () => ['/repo.worktrees/feature'],
    openDashboard: async (worktree) => void done.push(['dashboard', worktree]),
    showLogs: (...of) => void done.push(['logs', ...of]),
    report: (error) => {
      throw error;
    },
    onDidChangeVisibility: (isVisible) => void visibility.push(isVisible),
  });
  return { ...some, overview, telemetry, done, visibility };
}

/** Lets what is under way go on, and this many milliseconds pass. */
async function pass(milliseconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(0);
}

const posted = <Type extends ToOverview['type']>(panel: StubWebviewPanel | undefined, type: Type) =>
  (panel?.posted ?? [])
    .filter(isToOverview)
    .filter((message): message is Extract<ToOverview, { type: Type }> => message.type === type);
const sampleAt = (at: number, cpuCores: number) => ({
  at,
  missing: {},
  services: [{ name: 'backend', cpuCores, memoryBytes: 100 * 2 ** 20, restarts: 0, requests: undefined }],
});
const textsOf = (message: Extract<ToOverview, { type: 'rows' }> | undefined) =>
  message?.rows.map(({ cells }) =>
    cells
      .map(({ text }) => text)
      .filter(Boolean)
      .join(' '),
  );

describe('the overview', () => {
  it('is one tab, and shows what is known before its page says that it listens', () => {
    const { overview } = someOverview();
    overview.open();
    overview.open();
    expect(editor.webviewPanels).toHaveLength(1);
    const [panel] = editor.webviewPanels;
    expect(panel).toMatchObject({ viewType: 'coppice.overview', title: 'Overview', revealed: 1 });
    expect(panel?.options).not.toHaveProperty('retainContextWhenHidden');
    const first: unknown = JSON.parse(
      /type="application\/json">(.*?)<\/script>/.exec(panel?.webview.html ?? '')?.[1] ?? '',
    );
    expect((first as ToOverview[]).map(({ type }) => type)).toEqual(['columns', 'rows']);
    expect((first as unknown[]).every(isToOverview)).toBe(true);
    expect(panel?.webview.html).toContain('<title>Coppice Overview</title>');
  });

  it('follows all environments by one feed while it is seen, and nothing while it is hidden', async () => {
    const { overview, telemetry, visibility, publish } = someOverview();
    telemetry.addSample('worktree-feature', sampleAt(Date.now(), 0.25));
    overview.open();
    const [panel] = editor.webviewPanels;
    await pass();
    expect(panel?.posted).toEqual([]);
    panel?.say({ type: 'ready' });
    await pass(1_100);
    expect(textsOf(posted(panel, 'rows').at(-1))).toEqual([
      expect.stringContaining('feature healthy 1/1 25 % 100 MiB 90 MiB'),
    ]);
    expect(posted(panel, 'trends').at(-1)?.trends[0]?.cpu.at(-1)).toBe(0.25);
    expect(telemetry.watchersOfAll).toBe(1);
    expect(telemetry.watchers('worktree-feature')).toBe(0);

    // A burst is one message, and what is the same is not told again.
    const before = posted(panel, 'rows').length;
    for (const cpu of [0.5, 0.6, 0.7]) telemetry.addSample('worktree-feature', sampleAt(Date.now(), cpu));
    await pass(1_100);
    telemetry.addSample('worktree-feature', sampleAt(Date.now(), 0.7));
    await pass(1_100);
    expect(posted(panel, 'rows').length - before).toBe(1);
    expect(textsOf(posted(panel, 'rows').at(-1))?.[0]).toContain('70 %');

    panel?.show(false);
    await pass();
    expect(telemetry.watchersOfAll).toBe(0);
    const { length } = panel?.posted ?? [];
    telemetry.addSample('worktree-feature', sampleAt(Date.now(), 0.9));
    publish(aSnapshot({ entries: [] }));
    await pass(200_000);
    expect(panel?.posted).toHaveLength(length);
    panel?.show(true);
    panel?.say({ type: 'ready' });
    await pass(1_100);
    expect(posted(panel, 'rows').at(-1)).toMatchObject({ rows: [], nothing: 'No worktree has an environment yet.' });
    expect(visibility).toEqual([true, false, true]);
    panel?.dispose();
    await pass();
    expect([telemetry.watchersOfAll, visibility.at(-1)]).toEqual([0, false]);
  });

  it('says once for all why nothing new comes, and what is not known', async () => {
    const { overview, telemetry, publish } = someOverview();
    telemetry.addSample('worktree-feature', { ...sampleAt(1, 0), missing: { requests: 'Nobody counts.' } });
    overview.open();
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    await pass(1_100);
    expect(posted(panel, 'rows').at(-1)?.notes).toEqual(['Nobody counts.']);
    telemetry.setFailureOfAll('It does not answer.');
    await pass(1_100);
    expect(posted(panel, 'rows').at(-1)?.notes).toEqual(['It does not answer.']);
    expect(textsOf(posted(panel, 'rows').at(-1))?.[0]).not.toContain('%');
    publish(aSnapshot({ cluster: offline }));
    await pass(1_100);
    expect(posted(panel, 'rows').at(-1)?.notes).toEqual([
      expect.stringMatching(/^Cluster offline since .*last known state\.$/),
    ]);
  });

  it('opens the dashboard, the log of what fails, and the window, of what is there', async () => {
    const services = [aService(), aService({ name: 'frontend', health: 'degraded' })];
    const entries = [
      anEntry(),
      anEntry({
        worktree: aWorktree({ path: '/w/two', branch: 'two' }),
        environment: anEnvironment({ namespace: 'worktree-two', services }),
      }),
    ];
    const { overview, publish, done } = someOverview();
    publish(aSnapshot({ entries }));
    overview.open();
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    await pass(1_100);
    const opens = posted(panel, 'rows')
      .at(-1)
      ?.rows.map(({ id, opens: each }) => [id, each.window]);
    // The window itself is open.
    expect(new Map(opens as [string, boolean][])).toEqual(
      new Map([
        ['/w/two', true],
        ['/repo.worktrees/feature', false],
      ]),
    );
    for (const what of ['dashboard', 'logs', 'window']) panel?.say({ type: 'open', what, id: '/w/two' });
    for (const message of [
      { type: 'open', what: 'logs', id: '/w/none' },
      { type: 'open', what: 'shell', id: '/w/two' },
      'x',
    ])
      panel?.say(message);
    panel?.say({ type: 'create' });
    await pass();
    expect(done).toEqual([
      ['dashboard', '/w/two'],
      ['logs', 'worktree-two', 'frontend', 'two'],
    ]);
    expect(editor.executed.map(([command]) => command)).toEqual(['vscode.openFolder', 'coppice.createWorktree']);
  });

  it('tells nothing that its page would refuse, whatever others wrote', async () => {
    const { overview, publish } = someOverview();
    overview.open();
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    for (const text of [...hostileTexts, 'x'.repeat(5000)]) {
      const snapshot: Snapshot = aSnapshot({ entries: [anEntry({ worktree: aWorktree({ branch: text }) })] });
      publish(snapshot);
      await pass(1_100);
    }
    expect(panel?.posted.length).toBeGreaterThan(hostileTexts.length);
    expect(panel?.posted.filter((message) => !isToOverview(message))).toEqual([]);
  });

  it('comes back with the window that is loaded anew, once, and not where the folder is not trusted', () => {
    const { overview } = someOverview();
    const panelOf = () => vscode.window.createWebviewPanel('coppice.overview', 'Overview', vscode.ViewColumn.Active);
    const state = { version: '1', order: { column: 'cpu', isDescending: true }, filter: '', row: '' };
    const [strange, restored, second] = [panelOf(), panelOf(), panelOf()];
    overview.restore(strange, { version: '2' });
    overview.restore(restored, state);
    overview.restore(second, state);
    expect(editor.webviewPanels.map(({ isDisposed }) => isDisposed)).toEqual([true, false, true]);
    overview.open();
    expect(editor.webviewPanels[1]?.revealed).toBe(1);
  });
});
