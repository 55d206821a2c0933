import type { Chart, MakeChart } from './chart';
import { ChartTable } from './chartTable';
import { arrange, element, setText } from './element';
import type { MarkView, Sample, View } from './protocol';
import { amountText, chartData, colourOf, shownTime, type Line, type LineColour, type OwnChart } from './series';

/** One chart with its heading, and what it shows last as text. */
export class ChartPanel {
  readonly element: HTMLElement;
  readonly #name: OwnChart;
  readonly #chart: Chart;
  readonly #drawing = element('div', { class: 'drawing', attributes: { 'aria-hidden': 'true' } });
  readonly #latest = element('ul', { class: 'latest' });
  readonly #nothing = element('p', { class: 'nothing' });
  readonly #table: ChartTable;
  readonly #rows = new Map<string, { row: HTMLElement; value: HTMLElement }>();

  constructor(name: OwnChart, title: string, makeChart: MakeChart) {
    this.#name = name;
    const heading = element('h2', { text: title, attributes: { id: `chart-${name}` } });
    this.#table = new ChartTable(name, title);
    this.element = element('section', {
      class: 'panel',
      attributes: { 'aria-labelledby': heading.id, 'data-panel': name },
      children: [heading, this.#latest, this.#drawing, this.#nothing, this.#table.element],
    });
    this.#chart = makeChart(this.#drawing, {
      text: (value) => amountText(name, value),
      base: name === 'memory' ? 2 : 10,
    });
  }

  /** @param missing why nothing is known, '' when something is */
  show(samples: readonly Sample[], marks: readonly MarkView[], { range, service }: View, missing: string): void {
    const data = chartData(this.#name, samples, range, service);
    const isEmpty = data.lines.length === 0;
    this.#drawing.hidden = isEmpty;
    this.#nothing.hidden = !isEmpty;
    this.#table.element.hidden = isEmpty;
    if (isEmpty) {
      arrange(this.#latest, []);
      setText(this.#nothing, missing === '' ? this.#whyNothing(samples) : missing);
      return;
    }
    arrange(
      this.#latest,
      data.lines.map((line, index) => this.#row(line, colourOf(line, index))),
    );
    const [from, to] = shownTime(samples, range);
    const own = marks.filter((mark) => mark.service === '' || service === '' || mark.service === service);
    this.#chart.draw(data, from / 1000, to / 1000, own);
    this.#table.show(data, from / 1000, to / 1000);
  }

  restyle(): void {
    this.#chart.restyle();
  }

  resize(): void {
    this.#chart.resize();
  }

  #whyNothing(samples: readonly Sample[]): string {
    if (samples.length === 0) return 'Waiting for the first figures…';
    return this.#name === 'latency' || this.#name === 'requests' || this.#name === 'errors'
      ? 'No requests yet.'
      : 'Nothing runs.';
  }

  #row({ label, values }: Line, colour: LineColour): HTMLElement {
    let known = this.#rows.get(label);
    if (!known) {
      const value = element('span', { class: 'value' });
      const row = element('li', {
        children: [
          element('span', { class: 'swatch', attributes: { 'aria-hidden': 'true' } }),
          element('span', { text: label }),
          value,
        ],
      });
      known = { row, value };
      this.#rows.set(label, known);
    }
    const swatch = known.row.firstElementChild;
    if (swatch) swatch.className = `swatch ${colour}`;
    const latest = values.at(-1) ?? undefined;
    setText(known.value, latest === undefined ? '–' : amountText(this.#name, latest));
    return known.row;
  }
}
