import { arrange, element, setAttribute, setText } from './element';

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** What the toolkit's dropdown and its options have beyond an element. */
type WithValue = HTMLElement & { value: string };

/** A list to choose one of. */
export class Choice {
  readonly element: HTMLElement;
  readonly #dropdown: WithValue;
  readonly #options = new Map<string, HTMLElement>();
  #shown = '';

  constructor(label: string, id: string, onChange: (value: string) => void) {
    this.#dropdown = Object.assign(element('vscode-dropdown', { attributes: { 'aria-label': label, id } }), {
      value: '',
    });
    this.#dropdown.addEventListener('change', () => onChange(this.#dropdown.value));
    this.element = element('div', {
      class: 'choice',
      children: [element('span', { text: label, attributes: { 'aria-hidden': 'true' } }), this.#dropdown],
    });
  }

  /** Leaves an open list alone as long as it stays the same. */
  show(options: readonly Option[], value: string): void {
    const told = JSON.stringify(options);
    if (told !== this.#shown) {
      this.#shown = told;
      const nodes = options.map((option) => {
        const made =
          this.#options.get(option.value) ?? element('vscode-option', { attributes: { value: option.value } });
        this.#options.set(option.value, made);
        setText(made, option.label);
        return made;
      });
      arrange(this.#dropdown, nodes);
    }
    // The list learns of its options a moment later, and looks for the one that says that it is selected.
    for (const option of this.#dropdown.children)
      setAttribute(option, 'selected', option.getAttribute('value') === value ? '' : undefined);
    if (this.#dropdown.value !== value) this.#dropdown.value = value;
  }

  hide(isHidden: boolean): void {
    this.element.hidden = isHidden;
  }
}
