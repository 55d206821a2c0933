import { arrange, element, setAttribute, setText } from './element';
import { logsLimits, shownLevels, type LogsState, type ShownLevel } from './logsProtocol';

export type LogsChoice = Pick<LogsState, 'filter' | 'level' | 'hidden' | 'isSinceEdit' | 'isFollowing'>;

interface BarActions {
  readonly onChange: (change: Partial<LogsChoice>) => void;
  readonly onClear: () => void;
}

const levelTitles: Readonly<Record<ShownLevel, string>> = {
  all: 'All levels',
  warning: 'Warnings and errors',
  error: 'Errors',
};

/** What a person chooses of the lines. */
export class LogsBar {
  readonly element: HTMLElement;
  readonly #title = element('h1');
  readonly #filter = element('input', {
    attributes: { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter lines', id: 'filter' },
  });
  readonly #level = element('select', {
    attributes: { 'aria-label': 'Level', id: 'level' },
    children: shownLevels.map((value) => element('option', { text: levelTitles[value], attributes: { value } })),
  });
  readonly #since: HTMLButtonElement;
  readonly #follow: HTMLButtonElement;
  readonly #services = element('div', { class: 'services', attributes: { role: 'group', 'aria-label': 'Services' } });
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #actions: BarActions;
  #choice: LogsChoice;

  constructor(choice: LogsChoice, actions: BarActions) {
    this.#choice = choice;
    this.#actions = actions;
    this.#filter.maxLength = logsLimits.name;
    this.#filter.value = choice.filter;
    this.#filter.addEventListener('input', () => actions.onChange({ filter: this.#filter.value }));
    this.#level.value = choice.level;
    this.#level.addEventListener('change', () => {
      const level = shownLevels.find((each) => each === this.#level.value);
      if (level) actions.onChange({ level });
    });
    this.#since = toggle('Since My Last Edit', () => actions.onChange({ isSinceEdit: !this.#choice.isSinceEdit }));
    this.#follow = toggle('Follow', () => actions.onChange({ isFollowing: !this.#choice.isFollowing }));
    const clear = element('button', { text: 'Clear', attributes: { type: 'button', id: 'clear' } });
    clear.addEventListener('click', actions.onClear);
    this.#since.id = 'since';
    this.#follow.id = 'follow';
    this.element = element('header', {
      children: [this.#title, this.#filter, this.#level, this.#since, this.#follow, clear, this.#services],
    });
    this.show(choice);
  }

  name(name: string): void {
    setText(this.#title, `Logs of ${name}`);
  }

  /** @param colourOf a service's, so that its button shows it too */
  list(services: readonly string[], colourOf: (service: string) => number): void {
    for (const service of services) {
      if (this.#buttons.has(service)) continue;
      const button = toggle(service, () => {
        const { hidden } = this.#choice;
        const isHidden = hidden.includes(service);
        this.#actions.onChange({
          hidden: isHidden
            ? hidden.filter((each) => each !== service)
            : [...hidden, service].slice(-logsLimits.services),
        });
      });
      button.classList.add(`c${colourOf(service) % 6}`);
      this.#buttons.set(service, button);
    }
    for (const service of [...this.#buttons.keys()]) if (!services.includes(service)) this.#buttons.delete(service);
    arrange(
      this.#services,
      services.flatMap((service) => this.#buttons.get(service) ?? []),
    );
    this.#services.hidden = services.length < 2;
    this.show(this.#choice);
  }

  show(choice: LogsChoice): void {
    this.#choice = choice;
    press(this.#since, choice.isSinceEdit);
    press(this.#follow, choice.isFollowing);
    for (const [service, button] of this.#buttons) press(button, !choice.hidden.includes(service));
  }
}

function toggle(text: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { class: 'toggle', text, attributes: { type: 'button' } });
  button.addEventListener('click', onClick);
  return button;
}

function press(button: HTMLButtonElement, isPressed: boolean): void {
  setAttribute(button, 'aria-pressed', String(isPressed));
}
