import { arrange, element, setAttribute, setText } from './element';
import type { EnvironmentView } from './protocol';

/** Which environment it is, and how it is. */
export class Header {
  readonly element: HTMLElement;
  readonly #name = element('h1');
  readonly #state = element('span', { class: 'state', attributes: { role: 'status' } });
  readonly #facts = element('p', { class: 'facts' });
  readonly #namespace = element('code');
  readonly #cluster = element('span');
  readonly #address = element('vscode-link');
  readonly #offline = element('p', { class: 'offline', attributes: { role: 'status' } });

  constructor() {
    this.element = element('header', {
      children: [element('div', { class: 'title', children: [this.#name, this.#state] }), this.#facts, this.#offline],
    });
    this.#offline.hidden = true;
  }

  show(environment: EnvironmentView): void {
    const { name, namespace, cluster, tone, state, offline, url } = environment;
    setText(this.#name, name);
    setText(this.#state, state);
    setAttribute(this.#state, 'data-tone', tone);
    setText(this.#namespace, namespace);
    setText(this.#cluster, cluster);
    setText(this.#address, url);
    setAttribute(this.#address, 'href', url === '' ? undefined : url);
    arrange(this.#facts, [
      ...(namespace === '' ? [] : [this.#namespace]),
      this.#cluster,
      ...(url === '' ? [] : [this.#address]),
    ]);
    this.#offline.hidden = offline === '';
    setText(this.#offline, offline);
  }
}
