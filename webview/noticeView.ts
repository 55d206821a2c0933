import { arrange, element, setText } from './element';
import type { Notice } from './protocol';

/** What stands in the way of Grafana's panels, and the buttons that put it right. */
export class NoticeView {
  readonly element = element('section', { class: 'notice', attributes: { role: 'status', 'aria-label': 'Grafana' } });
  readonly #title = element('strong');
  readonly #text = element('p');
  readonly #buttons = element('div', { class: 'buttons' });
  readonly #onFix: (fix: Notice['fixes'][number]['fix']) => void;
  #shown = '';

  constructor(onFix: (fix: Notice['fixes'][number]['fix']) => void) {
    this.#onFix = onFix;
    this.element.append(this.#title, this.#text, this.#buttons);
    this.element.hidden = true;
  }

  show(notice: Notice | null): void {
    this.element.hidden = notice === null;
    if (!notice) return;
    setText(this.#title, notice.title);
    setText(this.#text, notice.text);
    const told = JSON.stringify(notice.fixes);
    if (told === this.#shown) return;
    this.#shown = told;
    arrange(
      this.#buttons,
      notice.fixes.map(({ fix, title }, index) => {
        const button = element('vscode-button', {
          text: title,
          attributes: { appearance: index === 0 ? 'primary' : 'secondary' },
        });
        button.addEventListener('click', () => this.#onFix(fix));
        return button;
      }),
    );
  }
}
