import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OverviewPage } from '../../../webview/overviewPage';
import type {
  ColumnView,
  FromOverview,
  OverviewRowView,
  OverviewState,
  ToOverview,
} from '../../../webview/overviewProtocol';
import { aDocument } from './environment';
import { hostile } from './hostile';

let dom: { dispose(): void };
beforeEach(() => void (dom = aDocument()));
afterEach(() => dom.dispose());

const columns: readonly ColumnView[] = [
  { id: 'name', title: 'Environment', hint: 'Its branch.', isNumber: false, isMostFirst: false },
  { id: 'health', title: 'Health', hint: 'How it is.', isNumber: false, isMostFirst: false },
  { id: 'requests', title: 'Requests', hint: 'Of a minute.', isNumber: true, isMostFirst: true },
];

function aRow(name: string, requests: number | null = 1, change: Partial<OverviewRowView> = {}): OverviewRowView {
  return {
    ...{ id: `/w/${name}`, name, tone: 'good', keywords: 'running', isOfWindow: false },
    cells: [
      { text: name, words: '', order: name },
      { text: 'healthy 3/3', words: 'healthy, 3 of 3 services healthy', order: '2 healthy' },
      { text: requests === null ? '' : `${requests}/s`, words: '', order: requests },
    ],
    opens: { dashboard: true, logs: true, window: true },
    ...change,
  };
}
const rowsOf = (...rows: readonly OverviewRowView[]): ToOverview => ({
  type: 'rows',
  rows,
  nothing: 'None.',
  notes: [],
});

/** A page whose pictures a test draws. */
function aPage(state: Partial<OverviewState> = {}) {
  const posted: FromOverview[] = [];
  let pending: (() => void) | undefined;
  document.body.replaceChildren(document.createElement('div'));
  const root = document.body.firstElementChild as HTMLElement;
  const page = new OverviewPage(
    root,
    { order: { column: '', isDescending: false }, filter: '', row: '', ...state },
    {
      post: (message) => void posted.push(message),
      nextFrame: (work) => void (pending = work),
      onChange: () => undefined,
    },
  );
  const draw = (): void => {
    pending?.();
    pending = undefined;
  };
  const tell = (...messages: readonly ToOverview[]): void => {
    for (const message of messages) expect(page.receive(message), message.type).toBe(true);
    draw();
  };
  const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
  const press = (key: string, more: { ctrlKey?: boolean } = {}): void => {
    const EventOf = document.defaultView?.KeyboardEvent;
    if (EventOf)
      document.activeElement?.dispatchEvent(new EventOf('keydown', { key, bubbles: true, cancelable: true, ...more }));
  };
  tell({ type: 'columns', columns });
  return {
    ...{ page, posted, draw, tell, all, press },
    names: () => all('tbody .name').map((name) => name.textContent),
    stops: () => all('table [tabindex="0"]'),
    sort: (title: string) => {
      all('thead button')
        .find((button) => button.textContent === title)
        ?.click();
      draw();
    },
  };
}

describe('the page of the overview', () => {
  it("shows other people's text as text, and refuses what it does not know", () => {
    const { tell, all, page } = aPage();
    for (const text of hostile) {
      const cells = [1, 2, 3].map(() => ({ text, words: text, order: text }));
      tell({ ...rowsOf(aRow('x', 1, { name: text, cells })), notes: [text] } as ToOverview);
      expect(all('tbody .name')[0]?.textContent).toBe(text === '' ? '' : text);
      expect(all('.offline')[0]?.textContent).toBe(text);
    }
    const attributes = all('*').flatMap((one) => one.getAttributeNames());
    expect(attributes.filter((name) => name.startsWith('on') || name === 'style' || name === 'srcdoc')).toEqual([]);
    expect(all('tbody script, tbody img, tbody a, tbody iframe')).toEqual([]);
    for (const message of [
      undefined,
      {},
      { type: 'rows' },
      { ...rowsOf(), more: 1 },
      rowsOf({ ...aRow('x'), id: 7 } as never),
    ])
      expect(page.receive(message)).toBe(false);
  });

  it('is sorted by a column, the most first where that is wanted, what nobody knows last', () => {
    const { tell, names, sort, all } = aPage();
    tell(rowsOf(aRow('task-12', 5), aRow('task-4', null), aRow('task-1', 7)));
    expect(names()).toEqual(['task-12', 'task-4', 'task-1']);
    sort('Environment');
    expect(names()).toEqual(['task-1', 'task-4', 'task-12']);
    const sorts = () => all('thead [aria-sort]').map((cell) => cell.getAttribute('aria-sort'));
    expect(sorts()).toEqual(['ascending', 'none', 'none']);
    sort('Requests');
    expect(names()).toEqual(['task-1', 'task-12', 'task-4']);
    sort('Requests');
    expect(names()).toEqual(['task-12', 'task-1', 'task-4']);
    expect(sorts()).toEqual(['none', 'none', 'ascending']);
  });

  it('keeps rows where they are under a pointer and around the focus, until somebody sorts', () => {
    const { tell, names, sort, all, page, draw } = aPage();
    tell(rowsOf(aRow('a', 5), aRow('b', 3)));
    sort('Requests');
    const [first] = all('tbody .name');
    first?.focus();
    tell(rowsOf(aRow('c', 9), aRow('a', 1), aRow('b', 3)));
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(document.activeElement).toBe(first);
    expect(all('tbody tr')[0]?.contains(first ?? null)).toBe(true);
    first?.blur();
    page.receive(rowsOf(aRow('c', 9), aRow('a', 1), aRow('b', 3)));
    draw();
    expect(names()).toEqual(['c', 'b', 'a']);
    first?.focus();
    sort('Environment');
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(document.activeElement).toBe(first);
  });

  it('is filtered by words, wherever they stand, and says how many are left', () => {
    const { tell, names, all, draw, page } = aPage({ filter: 'FAILING task' });
    const failing = aRow('task-4', 1, { keywords: 'failing' });
    tell(rowsOf(aRow('task-12'), failing, aRow('other', 1, { keywords: 'failing' })));
    expect(names()).toEqual(['task-4']);
    expect(all('.count')[0]?.textContent).toBe('1 of 3 environments');
    const [filter] = all('#filter') as HTMLInputElement[];
    if (filter) filter.value = 'nowhere';
    filter?.dispatchEvent(new (document.defaultView?.Event ?? Event)('input'));
    draw();
    expect(all('.nothing')[0]?.textContent).toBe('No environment is like that.');
    expect(all('.primary')[0]?.hidden).toBe(true);
    expect(page.state.filter).toBe('nowhere');
  });

  it('says why it is empty, and offers what helps', () => {
    const { tell, all, posted } = aPage();
    tell({ ...rowsOf(), nothing: '' } as ToOverview);
    expect(all('.nothing')[0]?.textContent).toBe('Reading…');
    tell(rowsOf());
    expect(all('.nothing')[0]?.textContent).toBe('None.');
    all('.primary')[0]?.click();
    expect(posted).toEqual([{ type: 'create' }]);
  });

  it('is one stop of Tab, and every cell is reached by keys', () => {
    const { tell, all, press, stops } = aPage();
    tell(rowsOf(...['a', 'b', 'c'].map((name) => aRow(name))));
    expect(stops().map((stop) => stop.textContent)).toEqual(['a']);
    const at = () => {
      const { activeElement: found } = document;
      const read = found?.querySelector('.spoken')?.textContent ?? '';
      return found?.getAttribute('aria-label') ?? (read === '' ? found?.textContent : read);
    };
    stops()[0]?.focus();
    const walk: [key: string, where: string, ctrlKey?: true][] = [
      ['ArrowRight', 'healthy, 3 of 3 services healthy'],
      ['ArrowRight', '1/s'],
      ['ArrowRight', 'Show logs of a'],
      ['ArrowRight', 'Open the window of a'],
      ['ArrowRight', 'Open the window of a'],
      ['ArrowDown', 'Open the window of b'],
      ['Home', 'b'],
      ['ArrowUp', 'a'],
      ['ArrowUp', 'Environment'],
      ['End', 'Window'],
      ['PageDown', 'Open the window of c'],
      ['PageUp', 'Window'],
      ['Home', 'Environment', true],
      ['End', 'Open the window of c', true],
    ];
    for (const [key, where, ctrlKey = false] of walk) {
      press(key, { ctrlKey });
      expect(at(), key).toBe(where);
      expect(stops()).toEqual([document.activeElement]);
    }
    // The one that had the focus is gone: Tab leads to one that is there.
    tell(rowsOf(aRow('a'), aRow('b')));
    expect(stops()).toHaveLength(1);
    expect(all('table')[0]?.contains(stops()[0] ?? null)).toBe(true);
  });

  it('opens dashboard, log and window by one key or one click, and nothing where there is nothing to open', () => {
    const { tell, all, press, posted } = aPage();
    tell(rowsOf(aRow('a'), aRow('left', 1, { opens: { dashboard: false, logs: false, window: false } })));
    all('tbody .name')[0]?.click();
    for (const button of all('tbody tr:first-child .open')) button.click();
    all('tbody td')[0]?.focus();
    press('Enter');
    expect(posted).toEqual(
      (['dashboard', 'logs', 'window', 'dashboard'] as const).map((what) => ({ type: 'open', what, id: '/w/a' })),
    );
    all('tbody tr:last-child td')[0]?.focus();
    press('Enter');
    press('End');
    expect(document.activeElement?.nodeName).toBe('TD');
    expect(all('tbody tr:last-child button:not([disabled])').map((one) => one.getAttribute('aria-disabled'))).toEqual([
      'true',
    ]);
    expect(posted).toHaveLength(4);
  });

  it('draws the last hour as lines with gaps, what failed as areas, and writes only what differs', () => {
    const { tell, all } = aPage();
    tell(rowsOf(aRow('a')), {
      type: 'trends',
      trends: [{ id: '/w/a', requests: [null, 2, 4, null, 1], errors: [null, 0, 2, null, 0], cpu: [], memory: [] }],
    });
    const [line, area] = all('tbody svg.spark path').map((path) => path.getAttribute('d'));
    expect(line).toBe('M1 8L2 1M3.5 11.5h1');
    expect(area).toBe('M1.5 16V8h1V16z');
    const before = all('tbody *');
    tell(rowsOf(aRow('a', 3)));
    expect(all('tbody *')).toEqual(before);
    expect(all('td.of-requests .text')[0]?.textContent).toBe('3/s');
  });
});
