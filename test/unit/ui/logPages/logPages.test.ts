import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import type { LogListener, LogEntry } from '../../../../src/app/logs/logFeed';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { LogPages } from '../../../../src/ui/logPages/logPages';
import { firstLogsState, isToLogs, type ToLogs } from '../../../../webview/logsProtocol';
import type { StubWebviewPanel } from '../../../support/stubWebviewPanel';
import { editor } from '../../../support/vscodeStub';
import { aService, anEntry, anEnvironment, aSnapshot, hostileTexts } from '../builders';
import { aContext, someDependencies, type SomeDependencies } from '../context';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  editor.reset();
});
afterEach(() => vi.useRealTimers());

const path = '/repo.worktrees/feature';

function somePages(change: Partial<SomeDependencies['services']> = {}) {
  const feeds: { namespace: string; listener: LogListener; followed: string[]; isOver: boolean }[] = [];
  const some = someDependencies({
    services: {
      logFeed: async (namespace, listener) => {
        const feed = { namespace, listener, followed: [] as string[], isOver: false };
        feeds.push(feed);
        return {
          follow: (services: readonly string[]) => void (feed.followed = [...services]),
          dispose: () => void (feed.isOver = true),
        } as never;
      },
      ...change,
    },
  });
  const visibility: boolean[] = [];
  const reported: unknown[] = [];
  const pages = new LogPages({
    dependencies: some.dependencies,
    extensionUri: vscode.Uri.file('/extension'),
    report: (error) => void reported.push(error),
    onDidChangeVisibility: (isVisible) => void visibility.push(isVisible),
  });
  return { ...some, pages, feeds, visibility, reported };
}

const settled = () => vi.advanceTimersByTimeAsync(0);
const posted = <Type extends ToLogs['type']>(panel: StubWebviewPanel | undefined, type: Type) =>
  (panel?.posted ?? []).filter(isToLogs).filter((one): one is Extract<ToLogs, { type: Type }> => one.type === type);
const line = (text: string): LogEntry => ({
  kind: 'line',
  service: 'backend',
  pod: 'backend-1',
  at: 5,
  line: { level: 'error', text, fields: [] },
});

describe('the logs of an environment', () => {
  it('are one tab for each worktree, which says what it is before its page listens', () => {
    const { pages } = somePages();
    pages.open(path);
    pages.open(path);
    const [panel, ...others] = editor.webviewPanels;
    expect(others).toEqual([]);
    expect(panel).toMatchObject({ viewType: 'coppice.logs', title: 'feature · logs', revealed: 1 });
    expect(panel?.options).not.toHaveProperty('retainContextWhenHidden');
    const first: unknown = JSON.parse(
      /type="application\/json">(.*?)<\/script>/.exec(panel?.webview.html ?? '')?.[1] ?? '',
    );
    expect(first).toEqual([{ type: 'environment', name: 'feature', services: ['backend'], nothing: '', notes: [] }]);
    expect((first as unknown[]).every(isToLogs)).toBe(true);
  });

  it('are read while the tab is seen and its page listens, and not a moment longer', async () => {
    const { pages, feeds, visibility, publish } = somePages();
    pages.open(path);
    const [panel] = editor.webviewPanels;
    await settled();
    expect(feeds).toEqual([]);
    panel?.say({ type: 'ready' });
    await settled();
    expect(feeds).toMatchObject([{ namespace: 'worktree-feature', followed: ['backend'] }]);
    feeds[0]?.listener.onEntries([
      line('at src/a.ts:3:1'),
      { kind: 'run', service: 'backend', at: 6, text: 'backend started', pod: 'backend-1' },
    ]);
    feeds[0]?.listener.onEntries([line('more')]);
    const told = posted(panel, 'lines');
    expect(told.map(({ isAnew, lines }) => [isAnew, lines.map(({ text }) => text)])).toEqual([
      [true, ['at src/a.ts:3:1', 'backend started · backend-1']],
      [false, ['more']],
    ]);
    expect(told[0]?.lines[0]?.places).toEqual([{ from: 3, to: 15, file: 'src/a.ts', line: 3, column: 1 }]);

    const services = [aService(), aService({ name: 'worker' })];
    publish(aSnapshot({ entries: [anEntry({ environment: anEnvironment({ services }) })] }));
    await settled();
    expect(feeds[0]?.followed).toEqual(['backend', 'worker']);
    expect(posted(panel, 'environment').at(-1)?.services).toEqual(['backend', 'worker']);
    feeds[0]?.listener.onState('worker', 'It is away.');
    expect(posted(panel, 'environment').at(-1)?.notes).toEqual(['It is away.']);

    panel?.show(false);
    await settled();
    expect(feeds[0]?.isOver).toBe(true);
    const { length } = panel?.posted ?? [];
    feeds[0]?.listener.onEntries([line('late')]);
    panel?.say({ type: 'ready' });
    publish(aSnapshot());
    await settled();
    expect([panel?.posted.length, feeds.length]).toEqual([length, 1]);
    panel?.show(true);
    panel?.say({ type: 'ready' });
    await settled();
    feeds[1]?.listener.onEntries([line('again')]);
    expect(posted(panel, 'lines').at(-1)).toMatchObject({ isAnew: true });
    panel?.dispose();
    await settled();
    expect([feeds[1]?.isOver, visibility.at(-1)]).toEqual([true, false]);
    pages.open(path);
    expect(editor.webviewPanels).toHaveLength(2);
  });

  it('begin anew with an environment that was made anew, and say why there is nothing', async () => {
    const { pages, feeds, publish } = somePages();
    pages.open(path);
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    await settled();
    publish(aSnapshot({ entries: [anEntry({ environment: undefined })] }));
    await settled();
    expect(feeds[0]?.isOver).toBe(true);
    expect(posted(panel, 'environment').at(-1)?.nothing).toMatch(/^feature has no services that print anything \(/);
    publish(aSnapshot({ entries: [anEntry({ environment: anEnvironment({ namespace: 'worktree-new' }) })] }));
    await settled();
    expect(feeds[1]).toMatchObject({ namespace: 'worktree-new', isOver: false });
    publish(aSnapshot({ entries: [] }));
    expect(posted(panel, 'environment').at(-1)?.nothing).toBe('This worktree is gone.');
  });

  it('tell of edits while that is wanted', async () => {
    let edited = 7;
    const { pages } = somePages({ lastEdit: async () => edited });
    pages.open(path);
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    panel?.say({ type: 'edits', isWanted: true });
    await settled();
    edited = 8;
    await vi.advanceTimersByTimeAsync(5000);
    expect(posted(panel, 'edit').map(({ at }) => at)).toEqual([7, 8]);
    panel?.say({ type: 'edits', isWanted: false });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(posted(panel, 'edit')).toHaveLength(2);
    panel?.say({ type: 'edits', isWanted: true });
    panel?.show(false);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(posted(panel, 'edit')).toHaveLength(2);
  });

  it('open a place in the editor where it is a file of the worktree, and say so where it is none', async () => {
    const asked: unknown[] = [];
    const { pages, logged } = somePages({
      source: async (request) => (asked.push(request), request.file === 'a.ts' ? `${path}/src/a.ts` : undefined),
    });
    pages.open(path);
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    for (const file of ['a.ts', '/etc/passwd'])
      panel?.say({ type: 'open', service: 'backend', file, line: 3, column: 7 });
    panel?.say({ type: 'open', service: 'backend', file: 'a.ts', line: 3 });
    await settled();
    expect(asked).toEqual(['a.ts', '/etc/passwd'].map((file) => ({ path, service: 'backend', file })));
    expect(editor.documents.map(({ fsPath }) => fsPath)).toEqual([`${path}/src/a.ts`]);
    expect(posted(panel, 'said')).toEqual([{ type: 'said', text: '/etc/passwd is no file of this worktree.' }]);
    expect(logged).toEqual(['The logs refused a message that they do not know.']);
  });

  it('tell nothing that their page would refuse, whatever others wrote', async () => {
    const { pages, feeds, publish } = somePages();
    pages.open(path);
    const [panel] = editor.webviewPanels;
    panel?.say({ type: 'ready' });
    await settled();
    for (const text of [...hostileTexts, 'x'.repeat(100_000), 'a.ts:1 '.repeat(2000), '\u0000\t\u202e'.repeat(5000)]) {
      const fields = Array.from({ length: 60 }, () => [text, text] as const);
      feeds[0]?.listener.onEntries([
        { kind: 'line', service: text, pod: text, at: undefined, line: { level: 'info', text, fields } },
        { kind: 'run', service: text, at: 1, text, pod: text },
      ]);
      feeds[0]?.listener.onState(text, text);
    }
    feeds[0]?.listener.onEntries(Array.from({ length: 2500 }, () => line('x')));
    publish(aSnapshot({ entries: [] }));
    expect(panel?.posted.length).toBeGreaterThan(hostileTexts.length);
    expect(panel?.posted.filter((message) => !isToLogs(message))).toEqual([]);
  });

  it('come back with the window, once, and not where nobody knows them', () => {
    const { pages } = somePages();
    const panelOf = () => vscode.window.createWebviewPanel('coppice.logs', 'x', vscode.ViewColumn.Active);
    const [strange, restored, second] = [panelOf(), panelOf(), panelOf()];
    pages.restore(strange, { version: '2' });
    pages.restore(restored, firstLogsState(path));
    pages.restore(second, firstLogsState(path));
    expect(editor.webviewPanels.map(({ isDisposed }) => isDisposed)).toEqual([true, false, true]);
    pages.dispose();
  });

  it('are shown by the command, of the row or of the window', async () => {
    const { context, calls } = aContext({}, [path]);
    await commandHandlers['coppice.showAllLogs'](context, `worktree:${path}`);
    await commandHandlers['coppice.showAllLogs'](context, undefined);
    expect(calls).toEqual([`openLogs ${path}`, `openLogs ${path}`]);
  });
});
