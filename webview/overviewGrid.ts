import { arrange, element, setAttribute } from './element';
import { inOrder } from './overviewOrder';
import type { ColumnView, Opened, OverviewRowView, SortOrder, TrendView } from './overviewProtocol';
import { openColumns, openHeadings, OverviewRowElement } from './overviewRowView';
import { Roving } from './roving';

export interface GridActions {
  readonly onOpen: (what: Opened, id: string) => void;
  readonly onSort: (order: SortOrder) => void;
}

interface Heading {
  readonly column: ColumnView;
  readonly cell: HTMLElement;
  readonly button: HTMLElement;
}

/** The environments as a grid: sorted by a column, worked with by mouse or by keys alone. */
export class OverviewGrid {
  readonly element: HTMLElement;
  readonly #actions: GridActions;
  readonly #head = element('tr', { attributes: { role: 'row' } });
  readonly #body = element('tbody', { attributes: { role: 'rowgroup' } });
  readonly #rows = new Map<string, OverviewRowElement>();
  readonly #roving: Roving;
  #trends: ReadonlyMap<string, TrendView> = new Map();
  #columns: readonly ColumnView[] = [];
  #headings: readonly Heading[] = [];
  #opens: readonly HTMLElement[] = [];
  #order: SortOrder = { column: '', isDescending: false };
  #shown: readonly OverviewRowElement[] = [];
  #isPointed = false;

  constructor(actions: GridActions) {
    this.#actions = actions;
    this.element = element('table', {
      attributes: { role: 'grid', 'aria-label': 'Environments' },
      children: [element('thead', { attributes: { role: 'rowgroup' }, children: [this.#head] }), this.#body],
    });
    this.#roving = new Roving(this.element, () => [
      [...this.#headings.map(({ button }) => button), ...this.#opens],
      ...this.#shown.map(({ targets }) => targets),
    ]);
    this.#body.addEventListener('pointerenter', () => (this.#isPointed = true));
    this.#body.addEventListener('pointerleave', () => (this.#isPointed = false));
  }

  /** The environment that the focus is on, or was last. */
  get row(): string {
    const { current } = this.#roving;
    return this.#shown.find(({ element: row }) => current && row.contains(current))?.row.id ?? '';
  }

  setColumns(columns: readonly ColumnView[]): void {
    if (JSON.stringify(columns) === JSON.stringify(this.#columns)) return;
    this.#columns = columns;
    this.#rows.clear();
    this.#headings = columns.map((column) => this.#heading(column));
    this.#opens = openColumns.map((what) =>
      element('th', {
        text: openHeadings[what],
        class: 'opens',
        attributes: { role: 'columnheader', scope: 'col', tabindex: '-1' },
      }),
    );
    arrange(this.#head, [...this.#headings.map(({ cell }) => cell), ...this.#opens]);
  }

  /**
   * @param rows those that are to be seen, as they come
   * @param isAsked a person has asked for this order: else rows stay where they are under a pointer, or around the focus
   */
  show(rows: readonly OverviewRowView[], order: SortOrder, isAsked: boolean, first: string): void {
    this.#order = order;
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
    const sorted = inOrder(rows, this.#columns, order).map((row) => this.#rowOf(row));
    const focused = document.activeElement;
    const hasFocus = focused !== null && this.#body.contains(focused);
    this.#shown = !isAsked && (this.#isPointed || hasFocus) ? asTheyStood(this.#shown, sorted) : sorted;
    arrange(
      this.#body,
      this.#shown.map((row) => row.element),
    );
    // What is moved loses the focus.
    if (hasFocus && document.activeElement !== focused && this.#body.contains(focused) && 'focus' in focused)
      (focused as HTMLElement).focus({ preventScroll: true });
    this.#tellOrder();
    const start = this.#rows.get(first) ?? this.#shown[0];
    this.#roving.keep(start?.targets[0]);
  }

  draw(trends: readonly TrendView[]): void {
    this.#trends = new Map(trends.map((trend) => [trend.id, trend]));
    for (const trend of trends) this.#rows.get(trend.id)?.draw(trend);
  }

  #rowOf(row: OverviewRowView): OverviewRowElement {
    const known = this.#rows.get(row.id);
    if (known) {
      known.show(row);
      return known;
    }
    const made = new OverviewRowElement(row, this.#columns, this.#actions.onOpen);
    const trend = this.#trends.get(row.id);
    if (trend) made.draw(trend);
    this.#rows.set(row.id, made);
    return made;
  }

  #heading(column: ColumnView): Heading {
    const button = element('button', {
      text: column.title,
      attributes: { type: 'button', tabindex: '-1', title: column.hint },
    });
    button.addEventListener('click', () => {
      const { column: before, isDescending } = this.#order;
      const isAgain = before === column.id;
      this.#actions.onSort({ column: column.id, isDescending: isAgain ? !isDescending : column.isMostFirst });
    });
    const cell = element('th', {
      class: [`of-${column.id}`, ...(column.isNumber ? ['number'] : [])].join(' '),
      attributes: { role: 'columnheader', scope: 'col' },
      children: [button],
    });
    return { column, cell, button };
  }

  #tellOrder(): void {
    for (const { column, cell } of this.#headings) {
      const isIt = column.id === this.#order.column;
      setAttribute(cell, 'aria-sort', isIt ? (this.#order.isDescending ? 'descending' : 'ascending') : 'none');
    }
  }
}

/** Those that were there stay where they were, and new ones come after them. */
function asTheyStood<Row>(before: readonly Row[], rows: readonly Row[]): readonly Row[] {
  const kept = before.filter((row) => rows.includes(row));
  return [...kept, ...rows.filter((row) => !kept.includes(row))];
}
