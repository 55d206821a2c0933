import { arrange, element, setText } from './element';
import type { OwnedMark } from './marks';
import { timeText } from './timeText';

/** What the lines across the charts stand for, newest first. */
export class MarkList {
  readonly element: HTMLElement;
  readonly #list = element('ol', { class: 'events', attributes: { tabindex: '0', 'aria-label': 'Changes' } });
  readonly #rows = new Map<string, HTMLElement>();

  constructor() {
    const heading = element('h2', { text: 'Changes', attributes: { id: 'changes' } });
    this.element = element('section', {
      class: 'panel wide',
      attributes: { 'aria-labelledby': heading.id, 'data-panel': 'changes' },
      children: [heading, this.#list],
    });
  }

  show(marks: readonly OwnedMark[]): void {
    this.element.hidden = marks.length === 0;
    const keyOf = ({ at, kind, service, isOther, text }: OwnedMark): string =>
      `${at} ${kind} ${service} ${isOther === true} ${kind === 'commit' ? text : ''}`;
    const shown = [...marks].reverse().map((mark) => [keyOf(mark), mark] as const);
    const keys = new Set(shown.map(([key]) => key));
    for (const key of this.#rows.keys()) if (!keys.has(key)) this.#rows.delete(key);
    arrange(this.#list, [
      ...new Set(
        shown.map(([key, mark]) => {
          const { at, text } = mark;
          const row = this.#rows.get(key) ?? make(mark);
          this.#rows.set(key, row);
          if (row.firstElementChild) setText(row.firstElementChild, timeText(at));
          if (row.lastElementChild) setText(row.lastElementChild, text);
          return row;
        }),
      ),
    ]);
  }
}

function make({ kind, isOther }: OwnedMark): HTMLElement {
  const swatch = element('span', {
    class: `mark ${kind}${isOther === true ? ' other' : ''}`,
    attributes: { 'aria-hidden': 'true' },
  });
  return element('li', { children: [element('time'), swatch, element('span', { class: 'message' })] });
}
