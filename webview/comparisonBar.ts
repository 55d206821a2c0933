import { element, setText } from './element';
import type { ComparedView } from './protocol';

export interface ComparisonActions {
  readonly onCompare: () => void;
  readonly onEnd: () => void;
}

/** With which environment this one is compared, and the ways to begin and to end that. */
export class ComparisonBar {
  /** It begins. */
  readonly button: HTMLElement;
  readonly element: HTMLElement;
  readonly #text = element('span', { attributes: { role: 'status' } });
  readonly #end: HTMLElement;

  constructor({ onCompare, onEnd }: ComparisonActions) {
    const button = (text: string): HTMLElement =>
      element('vscode-button', { text, attributes: { appearance: 'secondary' } });
    this.button = button('Compare With…');
    this.button.addEventListener('click', onCompare);
    this.#end = button('End Comparison');
    this.#end.addEventListener('click', () => {
      onEnd();
      // The button that was pressed goes: who works by keys stands beside where it was.
      this.button.focus();
    });
    this.element = element('div', { class: 'comparison', children: [this.#text, this.#end] });
    this.show(false, undefined, '');
  }

  show(canCompare: boolean, other: ComparedView | undefined, failure: string): void {
    this.button.hidden = !canCompare && !other;
    this.#end.hidden = !other;
    setText(this.#text, other ? textOf(other, failure) : '');
  }
}

function textOf({ name, namespace, state, note }: ComparedView, failure: string): string {
  const facts = [name, namespace, state, failure, note];
  return `Compared with ${facts.filter((fact) => fact !== '').join(' · ')}`;
}
