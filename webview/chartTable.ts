import { arrange, element } from './element';
import { amountText, type ChartData, type OwnChart } from './series';
import { timeText } from './timeText';

const mostRows = 30;

/** What a chart shows as a table, for whom the drawing says nothing. It is written while it is open only. */
export class ChartTable {
  readonly element: HTMLElement;
  readonly #name: OwnChart;
  readonly #details = element('details', { children: [element('summary', { text: 'Table' })] });
  readonly #table: HTMLElement;
  readonly #head = element('tr');
  readonly #body = element('tbody');
  #last: (() => void) | undefined;

  constructor(name: OwnChart, title: string) {
    this.#name = name;
    this.#table = element('table', {
      attributes: { 'aria-label': `${title}: the highest of each time` },
      children: [element('thead', { children: [this.#head] }), this.#body],
    });
    const scroller = element('div', {
      class: 'scroll',
      attributes: { tabindex: '0', role: 'region', 'aria-label': `${title} as a table` },
      children: [this.#table],
    });
    this.#details.append(scroller);
    this.#details.addEventListener('toggle', () => this.#last?.());
    this.element = this.#details;
  }

  /** @param from to `to`: seconds since the epoch */
  show(data: ChartData, from: number, to: number): void {
    this.#last = () => {
      if (this.#details.hasAttribute('open')) this.#write(data, from, to);
    };
    this.#last();
  }

  #write({ times, lines }: ChartData, from: number, to: number): void {
    const step = Math.max(to - from, 1) / mostRows;
    const rowOf = (time: number): number => Math.min(Math.floor((time - from) / step), mostRows - 1);
    const rows = new Map<number, (number | null)[]>();
    times.forEach((time, index) => {
      const row = rows.get(rowOf(time)) ?? lines.map(() => null);
      lines.forEach(({ values }, column) => {
        const value = values[index] ?? null;
        if (value !== null) row[column] = Math.max(row[column] ?? 0, value);
      });
      rows.set(rowOf(time), row);
    });
    const heading = (text: string): HTMLElement => element('th', { text, attributes: { scope: 'col' } });
    arrange(this.#head, [
      heading('From'),
      ...lines.map(({ label, of }) => heading(of ? `${label} · ${of.name}` : label)),
    ]);
    arrange(
      this.#body,
      [...rows].reverse().map(([row, values]) =>
        element('tr', {
          children: [
            element('th', { text: timeText((from + row * step) * 1000), attributes: { scope: 'row' } }),
            ...values.map((value) => element('td', { text: value === null ? '–' : amountText(this.#name, value) })),
          ],
        }),
      ),
    );
  }
}
