import { element, setText } from './element';
import { LogsBar } from './logsBar';
import { LogsBook, mostKept, wanted, type KeptLine } from './logsBook';
import { isToLogs, type FromLogs, type LogLineView, type LogsState, type ToLogs } from './logsProtocol';
import { logsRow, tellPod } from './logsRow';
import { RowFocus } from './logsRowFocus';

/** What the page needs of the editor around it. */
export interface LogsSurroundings {
  post(message: FromLogs): void;
  /** Calls once, before the next picture is drawn. */
  nextFrame(work: () => void): void;
  /** A person has it otherwise now. */
  onChange(): void;
}

type Message<Type extends ToLogs['type']> = Extract<ToLogs, { readonly type: Type }>;

/** Nearer to the end, in pixels, is at the end. */
const atEnd = 30;

/** Draws the lines that the extension tells. News is gathered until the next picture; a line is drawn once, and then shown or hidden. */
export class LogsPage {
  readonly #surroundings: LogsSurroundings;
  readonly #bar: LogsBar;
  readonly #book = new LogsBook();
  readonly #list = element('div', { class: 'list', attributes: { role: 'list' } });
  readonly #scroller = element('div', {
    class: 'scroll',
    attributes: { role: 'log', 'aria-live': 'off', 'aria-label': 'Lines', tabindex: '0' },
    children: [this.#list],
  });
  readonly #nothing = element('p', { class: 'nothing' });
  readonly #count = element('p', { class: 'count' });
  readonly #said = element('p', { class: 'said', attributes: { role: 'status' } });
  readonly #counted = element('p', { class: 'spoken', attributes: { role: 'status' } });
  readonly #notes = element('div', { attributes: { role: 'status' } });
  readonly #focus: RowFocus;
  readonly #colours = new Map<string, number>();
  /** Of each service those that were read. */
  readonly #pods = new Map<string, Set<string>>();
  #state: LogsState;
  #environment: Message<'environment'> | undefined;
  #pending: LogLineView[] = [];
  #isAnew = false;
  #isAsked = true;
  #isChosen = false;
  #isDrawn = true;
  #editedAt: number | undefined;
  #scrolledTo = 0;

  constructor(root: HTMLElement, state: LogsState, surroundings: LogsSurroundings) {
    this.#surroundings = surroundings;
    this.#state = state;
    this.#bar = new LogsBar(state, {
      onChange: (change) => this.#change(change),
      onClear: () => this.#clear(),
    });
    this.#focus = new RowFocus(this.#scroller, this.#list);
    this.#scroller.addEventListener('scroll', () => this.#onScroll());
    root.replaceChildren(
      this.#bar.element,
      this.#notes,
      element('main', { children: [this.#scroller, this.#nothing] }),
      element('footer', { children: [this.#count, this.#said, this.#counted] }),
    );
  }

  get state(): LogsState {
    return this.#state;
  }

  /** @returns false when the protocol knows no such message: nothing was done then */
  receive(message: unknown): boolean {
    if (!isToLogs(message)) return false;
    switch (message.type) {
      case 'environment':
        this.#environment = message;
        break;
      case 'lines':
        if (message.isAnew) this.#pending = [];
        this.#isAnew ||= message.isAnew;
        this.#pending.push(...message.lines);
        // More than is kept would be drawn for nothing.
        if (this.#pending.length > mostKept) this.#pending = this.#pending.slice(-mostKept);
        break;
      case 'edit':
        this.#isAsked ||= this.#state.isSinceEdit && this.#editedAt !== (message.at ?? undefined);
        this.#editedAt = message.at ?? undefined;
        break;
      case 'said':
        setText(this.#said, message.text);
    }
    this.#drawSoon();
    return true;
  }

  #change(change: Partial<LogsState>): void {
    this.#state = { ...this.#state, ...change };
    this.#bar.show(this.#state);
    if (change.isSinceEdit !== undefined) this.#surroundings.post({ type: 'edits', isWanted: change.isSinceEdit });
    this.#isAsked = true;
    this.#isChosen = true;
    this.#surroundings.onChange();
    this.#drawSoon();
  }

  #clear(): void {
    const clearedAt = Math.max(this.#state.clearedAt, this.#book.lines.at(-1)?.at ?? 0);
    this.#book.clear();
    this.#pending = [];
    this.#list.replaceChildren();
    this.#change({ clearedAt });
  }

  #drawSoon(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#surroundings.nextFrame(() => {
      this.#isDrawn = true;
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#environment) {
      this.#bar.name(this.#environment.name);
      this.#bar.list(this.#environment.services, (service) => this.#colourOf(service));
      this.#notes.replaceChildren(...this.#environment.notes.map((text) => element('p', { class: 'notice', text })));
    }
    if (this.#isAnew) {
      this.#book.clear();
      this.#pods.clear();
      this.#list.replaceChildren();
    }
    this.#isAnew = false;
    const isShown = wanted(this.#state, this.#editedAt);
    const { clearedAt } = this.#state;
    const { first, gone } = this.#book.add(
      this.#pending.filter(({ at }) => clearedAt === 0 || (at ?? clearedAt) > clearedAt),
    );
    this.#notePods(this.#pending);
    this.#pending = [];
    for (const { row } of gone) row?.remove();
    this.#place(first, isShown);
    if (this.#isAsked) for (const kept of this.#book.lines) if (kept.row) kept.row.hidden = !isShown(kept);
    this.#focus.keep();
    this.#showCount(isShown);
    this.#isAsked = false;
    if (this.#state.isFollowing) this.#scrollToEnd();
  }

  /** Draws what is new from here on, each where its time puts it. */
  #place(first: number, isShown: (kept: KeptLine) => boolean): void {
    const { lines } = this.#book;
    let next: HTMLElement | null = null;
    for (let index = lines.length - 1; index >= first; index--) {
      const kept = lines[index];
      if (!kept) continue;
      if (!kept.row) {
        kept.row = logsRow(kept.line, kept.at, this.#colourOf(kept.line.service), ({ file, line, column }, service) =>
          this.#surroundings.post({ type: 'open', service, file, line, column }),
        );
        kept.row.hidden = !isShown(kept);
        if (this.#isOfSeveral(kept.line)) tellPod(kept.row, kept.line);
        this.#list.insertBefore(kept.row, next);
      }
      next = kept.row;
    }
  }

  /** Once a service has printed in more than one, each of its lines says in which. */
  #notePods(lines: readonly LogLineView[]): void {
    for (const line of lines) {
      const pods = this.#pods.get(line.service) ?? new Set();
      this.#pods.set(line.service, pods);
      const before = pods.size;
      pods.add(line.pod);
      if (before !== 1 || pods.size === 1) continue;
      for (const kept of this.#book.lines)
        if (kept.row && kept.line.service === line.service) tellPod(kept.row, kept.line);
    }
  }

  #isOfSeveral({ service }: LogLineView): boolean {
    return (this.#pods.get(service)?.size ?? 0) > 1;
  }

  #showCount(isShown: (kept: KeptLine) => boolean): void {
    const lines = this.#book.lines.filter(({ line }) => line.kind === 'line');
    const shown = lines.filter(isShown).length;
    const all = this.#book.lines.some(isShown);
    const dropped =
      this.#book.dropped > 0 ? `, the last of ${(lines.length + this.#book.dropped).toLocaleString()}` : '';
    const count =
      shown === lines.length ? linesText(lines.length) : `${shown.toLocaleString()} of ${linesText(lines.length)}`;
    setText(this.#count, count + dropped);
    // Said once, when a person asked for others: not with each line that comes.
    if (this.#isChosen) setText(this.#counted, `${linesText(shown)} shown`);
    this.#isChosen = false;
    this.#nothing.hidden = all;
    this.#scroller.hidden = !all;
    if (all) return;
    const { nothing = '' } = this.#environment ?? {};
    setText(this.#nothing, lines.length > 0 ? 'No line is like that.' : nothing === '' ? 'No lines yet.' : nothing);
  }

  #scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#scrolledTo = this.#scroller.scrollTop;
  }

  /** Who scrolls back reads, and is not carried away. */
  #onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isBack = scrollTop < this.#scrolledTo && scrollHeight - scrollTop - clientHeight > atEnd;
    this.#scrolledTo = scrollTop;
    if (isBack && this.#state.isFollowing) this.#change({ isFollowing: false });
  }

  #colourOf(service: string): number {
    const known = this.#colours.get(service) ?? this.#colours.size;
    this.#colours.set(service, known);
    return known;
  }
}

function linesText(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? 'line' : 'lines'}`;
}
