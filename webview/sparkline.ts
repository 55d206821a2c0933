const svg = 'http://www.w3.org/2000/svg';
const height = 16;

/** A line without axes beside a figure: for the eye, what it says stands in words elsewhere. */
export class Sparkline {
  readonly element = document.createElementNS(svg, 'svg');
  readonly #line = document.createElementNS(svg, 'path');
  readonly #area = document.createElementNS(svg, 'path');
  #drawn = '';

  constructor() {
    this.element.setAttribute('class', 'spark');
    this.element.setAttribute('aria-hidden', 'true');
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.#line.setAttribute('class', 'line');
    this.#area.setAttribute('class', 'bad');
    this.element.append(this.#line, this.#area);
  }

  /** @param bad as many of the values are bad: they are filled; null: nothing is known, and there is a gap */
  draw(values: readonly (number | null)[], bad: readonly (number | null)[] = []): void {
    const told = `${values.join()};${bad.join()}`;
    if (told === this.#drawn) return;
    this.#drawn = told;
    const most = Math.max(0, ...values.map((value) => value ?? 0));
    this.element.setAttribute('viewBox', `0 0 ${Math.max(values.length - 1, 1)} ${height}`);
    this.#line.setAttribute('d', linePath(values, most));
    this.#area.setAttribute('d', areaPath(bad, most));
    // Where nothing is known there is nothing to be seen.
    this.element.toggleAttribute(
      'hidden',
      values.every((value) => value === null),
    );
  }
}

/** Half a unit stays free above and below, so that a line at the edge is drawn whole. */
function heightOf(value: number, most: number): number {
  return round(height - 1 - (most === 0 ? 0 : (value / most) * (height - 2)));
}

/** One that stands alone is a short line. */
function linePath(values: readonly (number | null)[], most: number): string {
  return values
    .map((value, index) => {
      if (value === null) return '';
      const isFirst = index === 0 || values[index - 1] === null;
      const isAlone = isFirst && (values[index + 1] ?? null) === null;
      const y = heightOf(value, most);
      return isAlone ? `M${index - 0.5} ${y}h1` : `${isFirst ? 'M' : 'L'}${index} ${y}`;
    })
    .join('');
}

function areaPath(values: readonly (number | null)[], most: number): string {
  return values
    .map((value, index) =>
      value === null || value === 0 ? '' : `M${index - 0.5} ${height}V${heightOf(value, most)}h1V${height}z`,
    )
    .join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
