import { arrange, element, setAttribute, setText } from './element';
import { OverviewGrid } from './overviewGrid';
import { filtered } from './overviewOrder';
import {
  isToOverview,
  overviewLimits,
  type FromOverview,
  type OverviewState,
  type ToOverview,
} from './overviewProtocol';

/** What the page needs of the editor around it. */
export interface OverviewSurroundings {
  post(message: FromOverview): void;
  /** Calls once, before the next picture is drawn. */
  nextFrame(work: () => void): void;
  /** A person has it otherwise now. */
  onChange(): void;
}

type Message<Type extends ToOverview['type']> = Extract<ToOverview, { readonly type: Type }>;

/** Draws what the extension tells. News is gathered until the next picture, and only what differs is written. */
export class OverviewPage {
  readonly #surroundings: OverviewSurroundings;
  readonly #grid: OverviewGrid;
  readonly #filter = element('input', {
    attributes: { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter environments', id: 'filter' },
  });
  readonly #count = element('p', { class: 'count', attributes: { role: 'status' } });
  readonly #notes = element('div', { attributes: { role: 'status' } });
  readonly #nothing = element('p', { class: 'nothing' });
  readonly #create = element('button', { class: 'primary', text: 'Create Worktree…', attributes: { type: 'button' } });
  readonly #empty = element('div', { class: 'empty', children: [this.#nothing, this.#create] });
  readonly #scroller: HTMLElement;
  #rows: Message<'rows'> | undefined;
  #trends: Message<'trends'> | undefined;
  #order: OverviewState['order'];
  #row: string;
  #isAsked = true;
  #isDrawn = true;

  constructor(root: HTMLElement, state: Omit<OverviewState, 'version'>, surroundings: OverviewSurroundings) {
    this.#surroundings = surroundings;
    this.#order = state.order;
    this.#row = state.row;
    this.#filter.value = state.filter;
    this.#grid = new OverviewGrid({
      onOpen: (what, id) => surroundings.post({ type: 'open', what, id }),
      onSort: (order) => this.#change(() => (this.#order = order)),
    });
    this.#filter.addEventListener('input', () => this.#change(() => undefined));
    this.#grid.element.addEventListener('focusin', () => surroundings.onChange());
    this.#create.addEventListener('click', () => surroundings.post({ type: 'create' }));
    this.#empty.hidden = true;
    this.#scroller = element('main', { class: 'scroll', children: [this.#grid.element, this.#empty] });
    root.replaceChildren(
      element('header', {
        children: [element('h1', { text: 'Environments' }), this.#filter, this.#count],
      }),
      this.#notes,
      this.#scroller,
    );
  }

  /** @returns false when the protocol knows no such message: nothing was done then */
  receive(message: unknown): boolean {
    if (!isToOverview(message)) return false;
    if (message.type === 'columns') this.#grid.setColumns(message.columns);
    else if (message.type === 'rows') this.#rows = message;
    else this.#trends = message;
    this.#drawSoon();
    return true;
  }

  /** How a person has it. */
  get state(): Omit<OverviewState, 'version'> {
    const filter = this.#filter.value.slice(0, overviewLimits.name);
    return { order: this.#order, filter, row: this.#grid.row || this.#row };
  }

  #change(change: () => void): void {
    change();
    this.#isAsked = true;
    this.#surroundings.onChange();
    this.#drawSoon();
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
    if (!this.#rows) return;
    const { rows, nothing, notes } = this.#rows;
    const shown = filtered(rows, this.#filter.value);
    this.#grid.show(shown, this.#order, this.#isAsked, this.#row);
    this.#isAsked = false;
    if (this.#trends) this.#grid.draw(this.#trends.trends);
    this.#trends = undefined;
    this.#showEmpty(rows.length, shown.length, nothing);
    setText(
      this.#count,
      shown.length === rows.length ? countText(rows.length) : `${shown.length} of ${countText(rows.length)}`,
    );
    this.#showNotes(notes);
  }

  #showEmpty(all: number, shown: number, nothing: string): void {
    this.#grid.element.hidden = shown === 0;
    this.#empty.hidden = shown > 0;
    this.#create.hidden = all > 0 || nothing === '';
    setText(this.#nothing, all > 0 ? 'No environment is like that.' : nothing === '' ? 'Reading…' : nothing);
  }

  #showNotes(notes: readonly string[]): void {
    const present = [...this.#notes.children];
    const told = notes.map((note, index) => {
      const known = present[index] ?? element('p', { class: 'offline' });
      setText(known, note);
      return known;
    });
    arrange(this.#notes, told);
    setAttribute(this.#notes, 'hidden', notes.length === 0 ? '' : undefined);
  }
}

function countText(count: number): string {
  return `${count} ${count === 1 ? 'environment' : 'environments'}`;
}
