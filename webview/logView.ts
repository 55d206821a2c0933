import { element } from './element';
import type { LogLine } from './protocol';

const mostLines = 500;

/** The last lines of the services. It follows the newest as long as a person has not scrolled back. */
export class LogView {
  readonly element: HTMLElement;
  readonly #lines = element('div', {
    class: 'lines',
    attributes: { role: 'log', 'aria-live': 'off', tabindex: '0', 'aria-label': 'Logs' },
  });
  readonly #nothing = element('p', { class: 'nothing', text: 'No lines yet.' });
  #known: readonly LogLine[] = [];
  #service = '';

  constructor() {
    const heading = element('h2', { text: 'Logs', attributes: { id: 'logs' } });
    this.element = element('section', {
      class: 'panel wide',
      attributes: { 'aria-labelledby': heading.id, 'data-panel': 'logs' },
      children: [heading, this.#lines, this.#nothing],
    });
    this.#lines.hidden = true;
  }

  /** @param service only this one's; '': all */
  show(lines: readonly LogLine[], isAnew: boolean, service: string): void {
    const isFollowing = this.#lines.scrollHeight - this.#lines.scrollTop - this.#lines.clientHeight < 30;
    const isOther = isAnew || service !== this.#service;
    if (!isOther && lines.length === 0) return;
    this.#known = [...(isAnew ? [] : this.#known), ...lines].slice(-mostLines * 4);
    this.#service = service;
    const isShown = (line: LogLine): boolean => service === '' || line.service === service;
    if (isOther) this.#lines.replaceChildren(...this.#known.filter(isShown).slice(-mostLines).map(toRow));
    else this.#lines.append(...lines.filter(isShown).slice(-mostLines).map(toRow));
    while (this.#lines.childElementCount > mostLines) this.#lines.firstElementChild?.remove();
    this.#lines.hidden = this.#lines.childElementCount === 0;
    this.#nothing.hidden = !this.#lines.hidden;
    if (isFollowing) this.#lines.scrollTop = this.#lines.scrollHeight;
  }
}

function toRow({ service, text }: LogLine): HTMLElement {
  return element('div', {
    children: [element('span', { class: 'service', text: service }), element('span', { class: 'text', text })],
  });
}
