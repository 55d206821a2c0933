import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits, type ToPage } from '../../../webview/protocol';
import { aDocument, aPage, aSample, aServiceView, anEnvironmentView, panels, samples } from './environment';
import { hostile } from './hostile';

let dom: { dispose(): void };
beforeEach(() => void (dom = aDocument()));
afterEach(() => dom.dispose());

const frames = (theme: string) =>
  (['requests', 'cpu'] as const).map((panel) => ({
    panel,
    title: panel,
    url: `http://127.0.0.1:3000/d-solo/x?panelId=${panel}&theme=${theme}`,
  }));

describe("other people's text", () => {
  it('is shown as text, wherever it stands: 300 names, log lines and event messages', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(300);
    const { tell, find } = aPage();
    tell(panels());
    const elementsBefore = new Set([...document.querySelectorAll('*')].map((one) => one.tagName));
    for (const text of hostile) {
      const service = aServiceView({ name: text, state: text, reason: text });
      tell(
        {
          type: 'environment',
          environment: anEnvironmentView({
            name: text,
            state: text,
            cluster: text,
            offline: text,
            services: [service],
          }),
        },
        samples(aSample(Date.now(), { name: text })),
        {
          type: 'events',
          events: [{ id: text, at: 1, type: 'Normal', reason: text, object: text, message: text, count: 1 }],
        },
        { type: 'lines', isAnew: true, lines: [{ service: text, text }] },
        { type: 'feed', failure: text },
        panels({
          notice: { title: text, text, fixes: [{ fix: 'check', title: text }] },
          view: { range: '15m', refresh: 'off', service: text },
        }),
      );
      expect(find('h1').textContent).toBe(text);
      expect(find('header .state').textContent).toBe(text);
      expect(find('tbody th').textContent).toBe(text);
      expect(find('tbody .reason').textContent).toBe(text);
      expect(find('.events .message').textContent).toBe(text);
      expect(find('.lines .text').textContent).toBe(text);
      expect(find('.notice p').textContent).toBe(text);
      expect(find('.notice vscode-button').textContent).toBe(text);
    }
    const allowed = new Set([
      ...elementsBefore,
      'TR',
      'TH',
      'TD',
      'SPAN',
      'LI',
      'STRONG',
      'TIME',
      'VSCODE-LINK',
      'VSCODE-BUTTON',
      'VSCODE-OPTION',
      'CODE',
      'DIV',
    ]);
    const all = [...document.querySelectorAll('*')];
    expect(all.map((one) => one.tagName).filter((name) => !allowed.has(name))).toEqual([]);
    const attributes = all.flatMap((one) => one.getAttributeNames());
    expect(attributes.filter((name) => name.startsWith('on') || name === 'style' || name === 'srcdoc')).toEqual([]);
    expect(all.filter((one) => /^\s*(javascript|data|vbscript):/i.test(one.getAttribute('href') ?? ''))).toEqual([]);
  });
});

describe('the page', () => {
  it('refuses what the protocol does not know, and stays as it is', () => {
    const { page, tell, draw, find } = aPage();
    tell({ type: 'environment', environment: anEnvironmentView({ name: 'mine' }) });
    for (const message of [
      undefined,
      'text',
      { type: 'other' },
      { type: 'visible' },
      { type: 'environment', environment: { name: 'not mine' } },
    ]) {
      expect(page.receive(message)).toBe(false);
    }
    draw();
    expect(find('h1').textContent).toBe('mine');
  });

  it('is a table of services also where there is no room for its columns: each number says what it is', () => {
    const { tell, find } = aPage();
    tell({ type: 'environment', environment: anEnvironmentView({ services: [aServiceView({ name: 'api' })] }) });
    const table = find('[data-panel="services"] table');
    const titles = [...table.querySelectorAll('tbody [data-title]')].map((one) => one.getAttribute('data-title'));
    expect(titles).toEqual(['Ready', 'Restarts', 'CPU', 'Memory']);
    // A table that is laid out as something else is none to a screen reader, unless it says so.
    const roles = [table, ...table.querySelectorAll('*')].map((one) => one.getAttribute('role')).filter(Boolean);
    const row = (head: string, cell: string, count: number) => ['row', head, ...Array<string>(count).fill(cell)];
    expect(roles).toEqual([
      ...['table', 'rowgroup', ...row('columnheader', 'columnheader', 7)],
      ...['rowgroup', ...row('rowheader', 'cell', 7)],
    ]);
  });

  it('draws once for many messages, and nothing while it is hidden', () => {
    const world = aPage();
    for (let index = 0; index < 20; index++)
      world.page.receive({ type: 'environment', environment: anEnvironmentView({ name: `n${index}` }) });
    world.draw();
    expect(world.frames).toBe(1);
    expect(world.find('h1').textContent).toBe('n19');
    world.tell({ type: 'visible', isVisible: false });
    world.tell({ type: 'environment', environment: anEnvironmentView({ name: 'unseen' }) });
    expect(world.find('h1').textContent).toBe('n19');
    world.tell({ type: 'visible', isVisible: true });
    expect(world.find('h1').textContent).toBe('unseen');
  });

  it('loses no click in a burst of 50 updates a second: every control stays the same element', () => {
    const { tell, posted, find } = aPage();
    const update = (index: number): readonly ToPage[] => [
      {
        type: 'environment',
        environment: anEnvironmentView({
          state: `starting ${index}`,
          services: ['a', 'b', 'c'].map((name) =>
            aServiceView({ name, restarts: index, state: index % 2 ? 'Running' : 'Pending' }),
          ),
        }),
      },
      samples(aSample(1000 * index)),
      { type: 'lines', isAnew: false, lines: [{ service: 'a', text: `line ${index}` }] },
      panels({ notice: { title: 'Away', text: `try ${index}`, fixes: [{ fix: 'check', title: 'Check Again' }] } }),
    ];
    tell(...update(0));
    const controls = ['.notice vscode-button', '.toolbar > vscode-button', 'tbody tr:nth-child(2) vscode-button'].map(
      find,
    );
    for (let index = 1; index <= 50; index++) {
      // Pressed before the update and released after it: a click only where it is the same element still.
      for (const control of controls) control.dispatchEvent(new (eventType())('pointerdown'));
      tell(...update(index));
      for (const control of controls) {
        expect(control.isConnected).toBe(true);
        control.click();
      }
    }
    expect(posted.filter((message) => message.type === 'fix')).toHaveLength(100);
    expect(posted.filter((message) => message.type === 'showLogs')).toEqual(
      Array(50).fill({ type: 'showLogs', service: 'b' }),
    );
  });

  it("moves and reloads no frame while its address is the same, and changes only the address when it isn't", () => {
    const { tell, find } = aPage();
    tell(
      { type: 'environment', environment: anEnvironmentView() },
      panels({ source: 'grafana', frames: frames('dark') }),
    );
    const frame = find('[data-panel="cpu"] iframe');
    const sources: string[] = [];
    const set = frame.setAttribute.bind(frame);
    frame.setAttribute = (name, value) => {
      sources.push(value);
      set(name, value);
    };
    tell(panels({ source: 'grafana', frames: frames('dark'), links: [{ title: 'Grafana', url: 'http://x/' }] }));
    expect(sources).toEqual([]);
    tell(panels({ source: 'grafana', frames: frames('light') }));
    expect(find('[data-panel="cpu"] iframe')).toBe(frame);
    expect(sources).toEqual([frames('light')[1]?.url]);
  });

  it('loads frames again on Refresh, but only once it is known that they may be shown', () => {
    const { tell, find, posted } = aPage();
    tell({ type: 'environment', environment: anEnvironmentView() });
    tell(panels({ source: 'grafana', frames: frames('dark') }));
    const loads: string[] = [];
    Object.defineProperty(find('[data-panel="cpu"] iframe'), 'src', { set: (url: string) => void loads.push(url) });
    find('.toolbar > vscode-button').click();
    expect(posted).toEqual([{ type: 'fix', fix: 'check' }]);
    tell({ type: 'environment', environment: anEnvironmentView({ state: 'degraded' }) });
    expect(loads).toEqual([]);
    tell(panels({ source: 'grafana', frames: frames('dark') }));
    expect(loads).toEqual([frames('dark')[1]?.url]);
    tell(panels({ source: 'grafana', frames: frames('dark') }));
    expect(loads).toHaveLength(1);
  });

  it('has no frames where there is a notice instead, and draws what is known itself', () => {
    const { tell, drawn } = aPage();
    tell(
      { type: 'environment', environment: anEnvironmentView() },
      panels({ source: 'grafana', frames: frames('dark') }),
    );
    tell(panels({ notice: { title: 'Away', text: 'It is away.', fixes: [] } }), samples(aSample(1000)));
    expect(document.querySelectorAll('iframe')).toHaveLength(0);
    expect(drawn.length).toBeGreaterThan(0);
  });

  it('empties frames that nobody has seen for long, and fills them when somebody looks', () => {
    const { page, tell, find } = aPage();
    tell(panels({ source: 'grafana', frames: frames('dark') }));
    const source = (): string | null => find('[data-panel="cpu"] iframe').getAttribute('src');
    tell({ type: 'visible', isVisible: false });
    page.pauseFrames();
    expect(source()).toBe('about:blank');
    tell({ type: 'visible', isVisible: true });
    expect(source()).toBe(frames('dark')[1]?.url);
  });

  it('says why nothing can be drawn', () => {
    const { tell, find } = aPage();
    const missing = { usage: 'The cluster has no metrics-server.', requests: 'No gateway counts them.' };
    const sample = aSample(1000, { cpuCores: null, memoryBytes: null, requests: null });
    tell({ type: 'environment', environment: anEnvironmentView() }, panels(), {
      type: 'samples',
      samples: [sample],
      missing,
    });
    expect(find('[data-panel="cpu"] .nothing').textContent).toBe(missing.usage);
    expect(find('[data-panel="requests"] .nothing').textContent).toBe(missing.requests);
    expect(find('[data-panel="restarts"] .latest').textContent).toContain('1');
  });

  it('keeps the last lines only, and those of a service where one is chosen', () => {
    const { tell } = aPage();
    const lines = Array.from({ length: limits.lines }, (_, index) => ({
      service: index % 2 ? 'a' : 'b',
      text: `line ${index}`,
    }));
    tell({ type: 'environment', environment: anEnvironmentView() }, panels(), { type: 'lines', isAnew: true, lines });
    const rows = (): string[] => [...document.querySelectorAll('.lines .text')].map((row) => row.textContent ?? '');
    expect(rows()).toHaveLength(500);
    expect(rows().at(-1)).toBe('line 999');
    tell(panels({ view: { range: '15m', refresh: '30s', service: 'a' } }));
    expect(rows().at(-1)).toBe('line 999');
    expect(rows().every((row) => Number(row.slice(5)) % 2 === 1)).toBe(true);
  });

  it('shows what the cluster kept at once, its changes by name, and each chart as a table for who opens it', () => {
    const { tell, drawn, find } = aPage();
    const at = Date.UTC(2026, 0, 1, 15, 30);
    const past = [aSample(at - 60_000), aSample(at - 45_000, { cpuCores: 0.9 })];
    const marks = [
      { at: at - 60_000, kind: 'update', service: '', text: 'Updated, revision 2' },
      { at: at - 50_000, kind: 'restart', service: 'backend', text: 'backend restarted' },
    ] as const;
    tell({ type: 'environment', environment: anEnvironmentView() }, panels());
    expect(find('[data-panel="changes"]').hidden).toBe(true);
    const ranges = () => [...document.querySelectorAll('#range vscode-option')].map(({ textContent }) => textContent);
    expect(ranges()).not.toContain('Last 6 hours');
    tell({ type: 'past', samples: past, marks });
    expect(ranges()).toEqual(['Last 5 minutes', 'Last 15 minutes', 'Last hour', 'Last 6 hours']);
    expect(drawn.some(({ times }) => times.length === 2)).toBe(true);
    const changes = [...document.querySelectorAll('[data-panel="changes"] li')].map((row) => row.textContent);
    expect(changes).toEqual([
      expect.stringMatching(/^\d\d:29:10backend restarted$/),
      expect.stringMatching(/^\d\d:29:00Updated, revision 2$/),
    ]);
    expect(changes.join()).not.toMatch(/[AP]M/i);
    const table = find('[data-panel="cpu"] details');
    expect(table.querySelectorAll('tbody tr')).toHaveLength(0);
    table.setAttribute('open', '');
    tell(samples(aSample(at)));
    const cells = [...table.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(cells[0]).toEqual(['From', 'backend']);
    expect(cells.slice(1).map(([, value]) => value)).toContain('90 %');
    tell({ type: 'past', samples: [], marks: [] });
    expect(find('[data-panel="changes"]').hidden).toBe(true);
  });

  it('tells the commits of the branch among its changes, in order, and on the charts; others in their place when they are told', () => {
    const { tell, marks } = aPage();
    const at = Date.UTC(2026, 0, 1, 15, 30);
    const commit = (text: string, when: number) => ({ at: when, kind: 'commit', service: '', text }) as const;
    tell({ type: 'environment', environment: anEnvironmentView() }, panels(), samples(aSample(at)));
    const update = { at: at - 50_000, kind: 'update', service: '', text: 'Updated, revision 2' } as const;
    tell(
      { type: 'past', samples: [], marks: [update] },
      // A rebase makes many in one second.
      {
        type: 'commits',
        marks: [
          commit('Commit 1 a', at - 60_000),
          commit('Commit 2 b', at - 40_000),
          commit('Commit 3 c', at - 40_000),
        ],
      },
    );
    const told = () =>
      [...document.querySelectorAll('[data-panel="changes"] .message')].map(({ textContent }) => textContent);
    expect(told()).toEqual(['Commit 3 c', 'Commit 2 b', 'Updated, revision 2', 'Commit 1 a']);
    expect(document.querySelectorAll('[data-panel="changes"] .mark.commit')).toHaveLength(3);
    expect(marks().map(({ kind }) => kind)).toEqual(['commit', 'update', 'commit', 'commit']);
    tell({ type: 'commits', marks: [] });
    expect(told()).toEqual(['Updated, revision 2']);
  });

  it('is told to a screen reader: headings, labels, and few live regions', () => {
    const { tell } = aPage();
    tell(
      { type: 'environment', environment: anEnvironmentView() },
      panels({ source: 'grafana', frames: frames('dark') }),
    );
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    for (const section of document.querySelectorAll('section.panel')) {
      const id = section.getAttribute('aria-labelledby') ?? '';
      expect(document.getElementById(id)?.textContent, section.outerHTML.slice(0, 80)).toMatch(/\w/);
    }
    for (const frame of document.querySelectorAll('iframe'))
      expect(frame.getAttribute('title')).toMatch(/ in Grafana$/);
    for (const control of document.querySelectorAll('vscode-dropdown, nav, table, .lines'))
      expect(control.getAttribute('aria-label') ?? control.getAttribute('aria-labelledby')).toMatch(/\w/);
    // Whoever tells a voice what to press says what stands there.
    for (const button of document.querySelectorAll('vscode-button[aria-label]'))
      expect(button.getAttribute('aria-label')).toContain(button.textContent);
    expect(document.querySelectorAll('[role="status"]')).toHaveLength(5);
    expect(document.querySelectorAll('[tabindex]:not([tabindex="0"])')).toHaveLength(0);
  });
});

function eventType(): typeof Event {
  const { defaultView } = document;
  if (!defaultView) throw new Error('there is no window');
  return defaultView.Event;
}
