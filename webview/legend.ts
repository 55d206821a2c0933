import { arrange, element, setText } from './element';
import { amountText, colourOf, latestOf, type Line, type LineColour, type OwnChart } from './series';

/** What a chart's lines are, and what each says last: where two environments are compared a list for each, under its name. */
export class Legend {
  readonly element = element('div', { class: 'latest' });
  readonly #chart: OwnChart;
  readonly #sides: readonly Side[];

  constructor(chart: OwnChart) {
    this.#chart = chart;
    this.#sides = [new Side(false), new Side(true)];
    this.element.append(...this.#sides.flatMap(({ name, list }) => [name, list]));
  }

  /** @param names of both environments; none: there is one */
  show(lines: readonly Line[], names: readonly string[]): void {
    this.#sides.forEach((side, index) => {
      const own = lines.filter(({ of }) => (of?.isOther ?? false) === (index === 1));
      side.show(this.#chart, own, names[index]);
    });
  }
}

/** The lines of one environment. */
class Side {
  readonly name: HTMLElement;
  readonly list = element('ul');
  readonly #text = element('span');
  readonly #rows = new Map<string, { row: HTMLElement; value: HTMLElement; swatch: HTMLElement }>();

  constructor(isOther: boolean) {
    const pattern = element('span', {
      class: `pattern ${isOther ? 'dots' : 'whole'}`,
      attributes: { 'aria-hidden': 'true' },
    });
    this.name = element('p', { class: 'branch', children: [pattern, this.#text] });
  }

  show(chart: OwnChart, lines: readonly Line[], name: string | undefined): void {
    this.name.hidden = name === undefined;
    this.list.hidden = lines.length === 0;
    // What it is not of has no line: said, as an empty place would be taken for nothing that happened.
    if (name !== undefined) setText(this.#text, lines.length === 0 ? `${name}: no figures` : name);
    if (name === undefined) this.list.removeAttribute('aria-label');
    else this.list.setAttribute('aria-label', name);
    arrange(
      this.list,
      lines.map((line, index) => this.#row(chart, line, colourOf(line, index))),
    );
  }

  #row(chart: OwnChart, line: Line, colour: LineColour): HTMLElement {
    let known = this.#rows.get(line.label);
    if (!known) {
      const swatch = element('span', { attributes: { 'aria-hidden': 'true' } });
      const value = element('span', { class: 'value' });
      const row = element('li', { children: [swatch, element('span', { text: line.label }), value] });
      known = { row, value, swatch };
      this.#rows.set(line.label, known);
    }
    known.swatch.className = ['swatch', colour, line.pattern].filter((one) => one !== undefined).join(' ');
    const latest = latestOf(line);
    setText(known.value, latest === null ? '–' : amountText(chart, latest));
    return known.row;
  }
}
