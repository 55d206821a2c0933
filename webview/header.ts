import { ComparisonBar, type ComparisonActions } from './comparisonBar';
import { arrange, element, setAttribute, setText } from './element';
import type { ComparedView, EnvironmentView, PartView } from './protocol';

/** Which environment it is, and how it is. */
export class Header {
  readonly element: HTMLElement;
  readonly #name = element('h1');
  readonly #state = element('span', { class: 'state', attributes: { role: 'status' } });
  readonly #facts = element('p', { class: 'facts' });
  readonly #namespace = element('code');
  readonly #cluster = element('span');
  readonly #address = element('vscode-link');
  readonly #comparison: ComparisonBar;
  #parts: readonly HTMLElement[] = [];
  readonly #offline = element('p', { class: 'offline', attributes: { role: 'status' } });

  constructor(actions: ComparisonActions) {
    this.#comparison = new ComparisonBar(actions);
    const title = element('div', { class: 'title', children: [this.#name, this.#state, this.#comparison.button] });
    this.element = element('header', {
      children: [title, this.#facts, this.#comparison.element, this.#offline],
    });
    this.#offline.hidden = true;
  }

  show(environment: EnvironmentView): void {
    const { name, namespace, cluster, tone, state, offline, url, parts } = environment;
    setText(this.#name, name);
    setText(this.#state, state);
    setAttribute(this.#state, 'data-tone', tone);
    setText(this.#namespace, namespace);
    setText(this.#cluster, cluster);
    setText(this.#address, url);
    setAttribute(this.#address, 'href', url === '' ? undefined : url);
    this.#parts = parts.map((part, index) => partElement(part, this.#parts[index]));
    arrange(this.#facts, [
      ...(namespace === '' ? [] : [this.#namespace]),
      this.#cluster,
      ...(url === '' ? [] : [this.#address]),
      ...this.#parts,
    ]);
    this.#offline.hidden = offline === '';
    setText(this.#offline, offline);
  }

  /** @param other with which it is compared @param failure why nothing new comes of that, '' when it comes */
  compare(canCompare: boolean, other: ComparedView | undefined, failure: string): void {
    this.#comparison.show(canCompare, other, failure);
  }
}

/** @param present what is there in its place: it stays where it is of the same kind, and keeps the focus */
function partElement({ text, url }: PartView, present: HTMLElement | undefined): HTMLElement {
  const tag = url === '' ? 'span' : 'vscode-link';
  const made = present?.localName === tag ? present : element(tag);
  setText(made, text);
  setAttribute(made, 'href', url === '' ? undefined : url);
  return made;
}
