import { arrange, element, setText } from './element';
import type { EventView } from './protocol';
import { timeText } from './timeText';

interface Row {
  readonly row: HTMLElement;
  readonly time: HTMLElement;
  readonly message: HTMLElement;
  readonly count: HTMLElement;
}

/** What happened, newest first. */
export class EventList {
  readonly element: HTMLElement;
  readonly #list = element('ol', { class: 'events', attributes: { tabindex: '0', 'aria-label': 'Events' } });
  readonly #nothing = element('p', { class: 'nothing', text: 'No events.' });
  readonly #rows = new Map<string, Row>();

  constructor() {
    const heading = element('h2', { text: 'Events', attributes: { id: 'events' } });
    this.element = element('section', {
      class: 'panel wide',
      attributes: { 'aria-labelledby': heading.id, 'data-panel': 'events' },
      children: [heading, this.#list, this.#nothing],
    });
  }

  show(events: readonly EventView[]): void {
    this.#list.hidden = events.length === 0;
    this.#nothing.hidden = events.length > 0;
    const ids = new Set(events.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
    arrange(
      this.#list,
      events.map((event) => {
        const known = this.#rows.get(event.id) ?? make(event);
        this.#rows.set(event.id, known);
        setText(known.time, timeText(event.at));
        setText(known.message, event.message);
        setText(known.count, event.count > 1 ? `× ${event.count}` : '');
        return known.row;
      }),
    );
  }
}

function make({ type, reason, object }: EventView): Row {
  const [time, message, count] = [element('time'), element('span', { class: 'message' }), element('span')];
  const row = element('li', {
    class: type === 'Warning' ? 'warning' : '',
    children: [
      time,
      element('strong', { text: reason }),
      element('span', { class: 'object', text: object }),
      message,
      count,
    ],
  });
  return { row, time, message, count };
}
