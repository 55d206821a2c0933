import type { Chart, MakeChart } from './chart';
import { ChartTable } from './chartTable';
import { element, setText } from './element';
import { Legend } from './legend';
import type { OwnedMark } from './marks';
import type { Sample, View } from './protocol';
import { amountText, chartData, comparedData, shownTime, type OwnChart } from './series';

/** What is known of an environment. */
export interface Known {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** One chart with its heading, and what it shows last as text. */
export class ChartPanel {
  readonly element: HTMLElement;
  readonly #name: OwnChart;
  readonly #chart: Chart;
  readonly #drawing = element('div', { class: 'drawing', attributes: { 'aria-hidden': 'true' } });
  readonly #legend: Legend;
  readonly #nothing = element('p', { class: 'nothing' });
  readonly #table: ChartTable;

  constructor(name: OwnChart, title: string, makeChart: MakeChart) {
    this.#name = name;
    const heading = element('h2', { text: title, attributes: { id: `chart-${name}` } });
    this.#legend = new Legend(name);
    this.#table = new ChartTable(name, title);
    this.element = element('section', {
      class: 'panel',
      attributes: { 'aria-labelledby': heading.id, 'data-panel': name },
      children: [heading, this.#legend.element, this.#drawing, this.#nothing, this.#table.element],
    });
    this.#chart = makeChart(this.#drawing, {
      text: (value) => amountText(name, value),
      base: name === 'memory' ? 2 : 10,
    });
  }

  /**
   * @param other with which it is compared, on the same axes
   * @param missing why nothing is known, '' when something is
   */
  show(
    own: Known,
    other: Known | undefined,
    marks: readonly OwnedMark[],
    { range, service }: View,
    missing: string,
  ): void {
    const [from, to] = shownTime(own.samples, range, other?.samples);
    const dataOf = ({ samples }: Known) => chartData(this.#name, samples, range, service, from);
    const data = other ? comparedData(dataOf(own), dataOf(other), [own.name, other.name]) : dataOf(own);
    const isEmpty = data.lines.length === 0;
    this.#drawing.hidden = isEmpty;
    this.#nothing.hidden = !isEmpty;
    this.#table.element.hidden = isEmpty;
    if (isEmpty) {
      this.#legend.show([], []);
      setText(this.#nothing, missing === '' ? this.#whyNothing(own.samples) : missing);
      return;
    }
    this.#legend.show(data.lines, other ? [own.name, other.name] : []);
    const shown = marks.filter((mark) => mark.service === '' || service === '' || mark.service === service);
    this.#chart.draw(data, from / 1000, to / 1000, shown);
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
}
