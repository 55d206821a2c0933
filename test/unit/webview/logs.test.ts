import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mostKept } from '../../../webview/logsBook';
import { LogsPage } from '../../../webview/logsPage';
import {
  firstLogsState,
  isFromLogs,
  isLogsState,
  type FromLogs,
  type LogLineView,
  type LogsState,
  type ToLogs,
} from '../../../webview/logsProtocol';
import { aDocument } from './environment';
import { hostile } from './hostile';

let dom: { dispose(): void };
beforeEach(() => void (dom = aDocument()));
afterEach(() => dom.dispose());

const line = (text: string, at: number | null = 1, change: Partial<LogLineView> = {}): LogLineView => ({
  ...{
    kind: 'line',
    service: 'backend',
    pod: 'backend-7d9-x1',
    at,
    level: 'info',
    text,
    cut: 0,
    fields: [],
    places: [],
  },
  ...change,
});
const linesOf = (...lines: readonly LogLineView[]): ToLogs => ({ type: 'lines', isAnew: false, lines });
const environment: ToLogs = {
  type: 'environment',
  name: 'main',
  services: ['backend', 'worker'],
  nothing: '',
  notes: [],
};

/** A page whose pictures a test draws. */
function aPage(state: Partial<LogsState> = {}) {
  const posted: FromLogs[] = [];
  let pending: (() => void) | undefined;
  let frames = 0;
  document.body.replaceChildren(document.createElement('div'));
  const root = document.body.firstElementChild as HTMLElement;
  const page = new LogsPage(
    root,
    { ...firstLogsState('/w'), ...state },
    {
      post: (message) => void posted.push(message),
      nextFrame: (work) => void (pending = work),
      onChange: () => undefined,
    },
  );
  const draw = (): void => {
    const work = pending;
    pending = undefined;
    if (work) frames++;
    work?.();
  };
  const tell = (...messages: readonly ToLogs[]): void => {
    for (const message of messages) expect(page.receive(message), message.type).toBe(true);
    draw();
  };
  const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];
  const seen = (): string[] =>
    all('.row')
      .filter((row) => !row.hidden)
      .map((row) => row.querySelector('.text')?.textContent ?? '');
  const find = (selector: string): HTMLElement => {
    const [found] = all(selector);
    if (!found) throw new Error(`nothing is ${selector}`);
    return found;
  };
  const fire = (of: HTMLElement, type: string): void => {
    of.dispatchEvent(new (document.defaultView?.Event ?? Event)(type));
    draw();
  };
  tell(environment);
  return {
    ...{ page, posted, draw, tell, all, seen, find },
    frames: () => frames,
    type(text: string): void {
      (find('#filter') as HTMLInputElement).value = text;
      fire(find('#filter'), 'input');
    },
    choose(level: string): void {
      (find('#level') as HTMLSelectElement).value = level;
      fire(find('#level'), 'change');
    },
    click(selector: string): void {
      find(selector).click();
      draw();
    },
    press(key: string): void {
      const EventOf = document.defaultView?.KeyboardEvent;
      if (EventOf)
        document.activeElement?.dispatchEvent(new EventOf('keydown', { key, bubbles: true, cancelable: true }));
    },
    count: () => find('.count').textContent,
    fire,
  };
}

describe('the page of the logs', () => {
  it("shows other people's text as text, and refuses what it does not know", () => {
    const { tell, find, all, page } = aPage();
    for (const text of hostile) {
      const fields = [{ name: text, value: text }];
      tell({ ...environment, name: text, services: [text], notes: [text] }, {
        ...linesOf(line(text, 1, { service: text, pod: text, fields })),
        isAnew: true,
      } as ToLogs);
      expect(find('.row .text').textContent).toBe(text);
      expect(find('.notice').textContent).toBe(text);
      find('.fold').click();
      expect(find('dd').textContent).toBe(text);
    }
    const attributes = all('*').flatMap((one) => one.getAttributeNames());
    expect(attributes.filter((name) => name.startsWith('on') || name === 'style' || name === 'srcdoc')).toEqual([]);
    expect(all('.list script, .list img, .list a, .list iframe')).toEqual([]);
    for (const message of [
      undefined,
      {},
      { type: 'lines' },
      { ...environment, more: 1 },
      linesOf({ ...line('x'), at: '1' } as never),
    ])
      expect(page.receive(message)).toBe(false);
    for (const message of [{ type: 'open', service: 'a', file: 'b', line: '1', column: 1 }, { type: 'run' }])
      expect(isFromLogs(message)).toBe(false);
    expect([isLogsState(page.state), isLogsState({ ...page.state, more: 1 })]).toEqual([true, false]);
  });

  it('puts the lines of all services in the order of their times, those of one service as they came', () => {
    const { tell, seen } = aPage();
    tell(
      linesOf(line('b1', 10), line('b3', 30)),
      linesOf(line('w2', 20, { service: 'worker' }), line('w0', 5, { service: 'other' })),
    );
    expect(seen()).toEqual(['w0', 'b1', 'w2', 'b3']);
    // A time that goes back, and none at all, stand behind what the same service printed before.
    tell(linesOf(line('b4', 15), line('b5', null), line('w3', 25, { service: 'worker' })));
    expect(seen()).toEqual(['w0', 'b1', 'w2', 'w3', 'b3', 'b4', 'b5']);
  });

  it('says of which pod each line is once a service has printed in several, with their lines by their times', () => {
    const { tell, seen, all } = aPage();
    const names = (): (string | null)[] => all('.row .service').map((each) => each.textContent);
    tell(linesOf(line('b1', 10), line('b3', 30), line('w2', 20, { service: 'worker', pod: 'worker-0' })));
    expect(names()).toEqual(['backend', 'worker', 'backend']);
    tell(linesOf(line('other', 15, { pod: 'backend-7d9-x2' })));
    expect(seen()).toEqual(['b1', 'other', 'w2', 'b3']);
    expect(names()).toEqual(['backend x1', 'backend x2', 'worker', 'backend x1']);
    expect(all('.row .service')[1]?.title).toBe('backend: backend-7d9-x2');
    tell({ type: 'lines', isAnew: true, lines: [line('b1', 10)] });
    expect(names()).toEqual(['backend']);
  });

  it('draws what comes at once in one picture, and what was told anew alone', () => {
    const { page, draw, frames, seen, tell } = aPage();
    const before = frames();
    for (let at = 0; at < 50; at++) page.receive(linesOf(line(`${at}`, at)));
    draw();
    expect(frames() - before).toBe(1);
    expect(seen()).toHaveLength(50);
    tell({ type: 'lines', isAnew: true, lines: [line('only')] });
    expect(seen()).toEqual(['only']);
  });

  it('keeps the newest lines, and says that older ones went', () => {
    const { tell, seen, count } = aPage();
    for (let turn = 0; turn < 6; turn++)
      tell(linesOf(...Array.from({ length: 1000 }, (_, at) => line(`${turn * 1000 + at}`, turn * 1000 + at))));
    expect(seen()).toHaveLength(mostKept);
    expect([seen()[0], seen().at(-1)]).toEqual(['1000', '5999']);
    expect(count()).toBe('5,000 lines, the last of 6,000');
  });

  it('is filtered by text, level, service and the last edit, and counts what is left', () => {
    const { tell, seen, count, type, choose, click, posted, find, page } = aPage();
    const ofWorker = { service: 'worker' } as const;
    tell(
      linesOf(
        line('backend started', 1, { kind: 'run' }),
        line('listening', 2),
        line('slow', 3, { level: 'warning' }),
        line('no price', 4, { level: 'error', fields: [{ name: 'id', value: 'Order 7' }] }),
        line('worker started', 5, { kind: 'run', ...ofWorker }),
        line('worker listens', 6, ofWorker),
      ),
    );
    expect(count()).toBe('4 lines');
    type('LISTEN');
    expect([seen(), count()]).toEqual([['listening', 'worker listens'], '2 of 4 lines']);
    // To a screen reader only: in sight it would stay as it was, beside a count that goes on.
    expect(find('footer .spoken').textContent).toBe('2 lines shown');
    expect(find('.said').textContent).toBe('');
    type('order 7');
    expect(seen()).toEqual(['no price']);
    type('nowhere');
    expect(find('.nothing').textContent).toBe('No line is like that.');
    type('');
    choose('warning');
    expect(seen()).toEqual(['backend started', 'slow', 'no price', 'worker started']);
    choose('error');
    expect(count()).toBe('1 of 4 lines');
    choose('all');
    click('.services button:last-child');
    expect(seen()).toEqual(['backend started', 'listening', 'slow', 'no price']);
    expect(page.state.hidden).toEqual(['worker']);
    click('.services button:last-child');
    click('#since');
    expect(posted).toEqual([{ type: 'edits', isWanted: true }]);
    expect(seen()).toHaveLength(6);
    tell({ type: 'edit', at: 4 });
    expect(seen()).toEqual(['no price', 'worker started', 'worker listens']);
    tell({ type: 'edit', at: 100 });
    expect(seen()).toEqual([]);
    tell(linesOf(line('after', 101)));
    expect(seen()).toEqual(['after']);
    click('#since');
    expect(seen()).toHaveLength(7);
  });

  it('forgets what was cleared, also when it is read again', () => {
    const { tell, seen, click, page } = aPage();
    tell(linesOf(line('old', 5)));
    click('#clear');
    expect([seen(), page.state.clearedAt]).toEqual([[], 5]);
    tell({ type: 'lines', isAnew: true, lines: [line('old', 5), line('new', 6)] });
    expect(seen()).toEqual(['new']);
  });

  it('follows until somebody scrolls back, and again when that is asked for', () => {
    const { tell, find, page, fire, click } = aPage();
    const scroller = find('.scroll');
    const size = { scrollHeight: 1000, clientHeight: 100 };
    for (const [name, value] of Object.entries(size)) Object.defineProperty(scroller, name, { get: () => value });
    tell(linesOf(line('one')));
    expect(scroller.scrollTop).toBe(1000);
    scroller.scrollTop = 500;
    fire(scroller, 'scroll');
    expect([page.state.isFollowing, find('#follow').getAttribute('aria-pressed')]).toEqual([false, 'false']);
    tell(linesOf(line('two', 2)));
    expect(scroller.scrollTop).toBe(500);
    click('#follow');
    expect(scroller.scrollTop).toBe(1000);
  });

  it('opens the places that a line names, and shows the rest of a line where somebody asks', () => {
    const { tell, posted, find, all } = aPage();
    const places = [{ from: 3, to: 11, file: 'a.ts', line: 3, column: 7 }];
    tell(linesOf(line('at a.ts:3:7 here', 1, { places }), line(`${'x'.repeat(700)}end`, 2, { cut: 50 })));
    expect(find('.row .text').textContent).toBe('at a.ts:3:7 here');
    find('.place').click();
    expect(posted).toEqual([{ type: 'open', service: 'backend', file: 'a.ts', line: 3, column: 7 }]);
    const long = all('.row')[1];
    expect(long?.querySelector('.text')?.textContent).toBe(`${'x'.repeat(600)}…`);
    const fold = find('.fold');
    expect([fold.textContent, fold.getAttribute('aria-expanded')]).toEqual(['153 more characters', 'false']);
    fold.click();
    expect(long?.querySelector('.text')?.textContent).toMatch(/xend … 50 more$/);
    expect(fold.getAttribute('aria-expanded')).toBe('true');
    fold.click();
    expect(long?.querySelector('.text')?.textContent).toHaveLength(601);
  });

  it('is walked by keys over the rows that are seen, with the buttons of the one that has the focus', () => {
    const { tell, press, find, all, posted, type } = aPage();
    const places = [{ from: 0, to: 6, file: 'a.ts', line: 3, column: 1 }];
    tell(linesOf(line('a.ts:3', 1, { places }), line('two', 2), line('three', 3), line('four', 4)));
    const at = () => document.activeElement?.querySelector('.text')?.textContent;
    const stops = () => all('.list [tabindex="0"]').map((one) => one.className.split(' ')[0]);
    find('.scroll').focus();
    const walk = [
      ['ArrowUp', 'four'],
      ['ArrowUp', 'three'],
      ['Home', 'a.ts:3'],
      ['ArrowUp', 'a.ts:3'],
      ['PageDown', 'four'],
      ['PageUp', 'a.ts:3'],
    ] as const;
    for (const [key, text] of walk) {
      press(key);
      expect(at(), key).toBe(text);
    }
    expect(stops()).toEqual(['row', 'place']);
    press('Enter');
    expect(posted).toHaveLength(1);
    type('t');
    // The row that had the focus is not seen any more.
    type('two');
    find('.scroll').focus();
    press('End');
    expect([at(), stops()]).toEqual(['two', ['row']]);
  });

  it('says why there is nothing, and what came of a click', () => {
    const { tell, find } = aPage();
    expect(find('.nothing').textContent).toBe('No lines yet.');
    tell({ ...environment, nothing: 'main has no services.' });
    expect(find('.nothing').textContent).toBe('main has no services.');
    tell({ type: 'said', text: 'a.ts is no file.' });
    expect(find('.said').textContent).toBe('a.ts is no file.');
  });
});
