import { element, setAttribute, setText } from './element';
import { icon } from './icon';
import type { ColumnView, Opened, OverviewRowView, TrendView } from './overviewProtocol';
import { Sparkline } from './sparkline';

const openTitles = { logs: 'Logs', window: 'Window' } as const;
const openNames = { logs: 'Show logs of', window: 'Open the window of' } as const;
/** Beside its figures there is a line of the last hour. */
const drawn: Readonly<Record<string, (trend: TrendView) => readonly (readonly (number | null)[])[]>> = {
  requests: ({ requests, errors }) => [requests, errors],
  cpu: ({ cpu }) => [cpu],
  memory: ({ memory }) => [memory],
};

export const openColumns = ['logs', 'window'] as const;
export const openHeadings = openTitles;

interface Cell {
  readonly cell: HTMLElement;
  readonly text: HTMLElement;
  /** What is read in the place of the text, where that is made of signs. */
  readonly spoken: HTMLElement;
  readonly spark: Sparkline | undefined;
  /** What takes the focus. */
  readonly target: HTMLElement;
}

/** One environment: the same elements for as long as it is there, so that a click meets what it aimed at. */
export class OverviewRowElement {
  readonly element: HTMLElement;
  readonly #cells: readonly Cell[];
  readonly #opens: readonly { readonly what: (typeof openColumns)[number]; readonly button: HTMLButtonElement }[];
  readonly #name = element('button', { class: 'name', attributes: { type: 'button', tabindex: '-1' } });
  #told = '';
  #columns: readonly ColumnView[];
  row: OverviewRowView;

  constructor(row: OverviewRowView, columns: readonly ColumnView[], onOpen: (what: Opened, id: string) => void) {
    this.row = row;
    this.#columns = columns;
    this.#cells = columns.map((column, index) => this.#cell(column, index));
    const openDashboard = (): void => {
      if (this.row.opens.dashboard) onOpen('dashboard', this.row.id);
    };
    this.#name.addEventListener('click', openDashboard);
    this.#opens = openColumns.map((what) => {
      const button = element('button', {
        class: 'open',
        attributes: { type: 'button', tabindex: '-1' },
        children: [icon(what)],
      });
      button.addEventListener('click', () => onOpen(what, this.row.id));
      return { what, button };
    });
    this.element = element('tr', {
      attributes: { role: 'row' },
      children: [
        ...this.#cells.map(({ cell }) => cell),
        ...this.#opens.map(({ what, button }) =>
          element('td', { class: `opens ${what}`, attributes: { role: 'gridcell' }, children: [button] }),
        ),
      ],
    });
    this.element.addEventListener('keydown', (event) => {
      const { nodeName = '' } = (event.target as Element | null) ?? {};
      // What is pressed on a button is that button's.
      if (event.key !== 'Enter' || nodeName === 'BUTTON') return;
      event.preventDefault();
      openDashboard();
    });
    this.#write();
  }

  /** What takes the focus in each of its cells. */
  get targets(): readonly HTMLElement[] {
    return [
      ...this.#cells.map(({ target }) => target),
      ...this.#opens.map(({ button }) => (button.disabled ? (button.parentElement ?? button) : button)),
    ];
  }

  show(row: OverviewRowView): void {
    this.row = row;
    this.#write();
  }

  draw(trend: TrendView): void {
    this.#cells.forEach(({ spark }, index) => {
      const [values = [], bad] = drawn[this.#columns[index]?.id ?? '']?.(trend) ?? [];
      spark?.draw(values, bad);
    });
  }

  #cell({ id, title, isNumber }: ColumnView, index: number): Cell {
    const spark = id in drawn ? new Sparkline() : undefined;
    const isName = index === 0;
    const text = isName ? this.#name : element('span', { class: id === 'health' ? 'text state' : 'text' });
    const spoken = element('span', { class: 'spoken' });
    const cell = element(isName ? 'th' : 'td', {
      class: [`of-${id}`, ...(isNumber ? ['number'] : [])].join(' '),
      attributes: {
        role: isName ? 'rowheader' : 'gridcell',
        ...(isName ? { scope: 'row' } : { tabindex: '-1', 'data-title': title }),
      },
      children: [text, ...(spark ? [spark.element] : []), ...(isName ? [] : [spoken])],
    });
    return { cell, text, spoken, spark, target: isName ? this.#name : cell };
  }

  #write(): void {
    const told = JSON.stringify(this.row);
    if (told === this.#told) return;
    this.#told = told;
    const { name, tone, cells, opens, isOfWindow } = this.row;
    setAttribute(this.element, 'data-tone', tone);
    setAttribute(this.element, 'aria-current', isOfWindow ? 'true' : undefined);
    this.#cells.forEach(({ cell, text, spoken }, index) => {
      const { text: shown = '', words = '' } = cells[index] ?? {};
      setText(text, shown === '' && index > 0 ? '–' : shown);
      cell.classList.toggle('unknown', shown === '');
      if (text.classList.contains('state')) setAttribute(text, 'data-tone', tone);
      const read = words === '' && shown === '' ? 'not known' : words;
      setText(spoken, read);
      if (index > 0) setAttribute(text, 'aria-hidden', read === '' ? undefined : 'true');
    });
    setAttribute(this.#name, 'title', opens.dashboard ? `Open the dashboard of ${name}` : name);
    setAttribute(this.#name, 'aria-disabled', opens.dashboard ? undefined : 'true');
    for (const { what, button } of this.#opens) {
      // A button that cannot be pressed would keep its place in the order of Tab.
      if (!opens[what]) button.tabIndex = -1;
      button.disabled = !opens[what];
      setAttribute(button, 'aria-label', `${openNames[what]} ${name}`);
      setAttribute(button, 'title', openTitles[what]);
      // Where there is nothing to open the cell itself takes the focus.
      if (button.parentElement) setAttribute(button.parentElement, 'tabindex', opens[what] ? undefined : '-1');
    }
  }
}
