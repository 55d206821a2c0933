import { arrange, element, setAttribute, setText } from './element';
import type { EnvironmentView, Sample, ServiceView } from './protocol';
import { amountText, bytesText } from './series';

const columns = ['Service', 'State', 'Ready', 'Restarts', 'CPU', 'Memory', 'Address', 'Logs'] as const;

interface Row {
  readonly row: HTMLElement;
  readonly name: HTMLElement;
  readonly state: HTMLElement;
  readonly reason: HTMLElement;
  readonly ready: HTMLElement;
  readonly restarts: HTMLElement;
  readonly cpu: HTMLElement;
  readonly memory: HTMLElement;
  readonly address: HTMLElement;
}

/** One row a service. Rows stay the same elements as long as the service is there, so that a click meets what it aimed at. */
export class ServiceTable {
  readonly element: HTMLElement;
  readonly #body = element('tbody', { attributes: { role: 'rowgroup' } });
  readonly #rows = new Map<string, Row>();
  readonly #nothing = element('p', { class: 'nothing' });
  readonly #table: HTMLElement;
  readonly #onShowLogs: (service: string) => void;

  constructor(onShowLogs: (service: string) => void) {
    this.#onShowLogs = onShowLogs;
    const heading = element('h2', { text: 'Services', attributes: { id: 'services' } });
    this.#table = element('table', {
      attributes: { role: 'table', 'aria-labelledby': heading.id },
      children: [
        element('thead', {
          attributes: { role: 'rowgroup' },
          children: [
            element('tr', {
              attributes: { role: 'row' },
              children: columns.map((text) =>
                element('th', { text, attributes: { role: 'columnheader', scope: 'col' } }),
              ),
            }),
          ],
        }),
        this.#body,
      ],
    });
    this.element = element('section', {
      class: 'panel wide',
      attributes: { 'aria-labelledby': heading.id, 'data-panel': 'services' },
      children: [heading, this.#table, this.#nothing],
    });
  }

  /**
   * @param sample what they use, where that is told to the page
   * @param nothing said when there is no service
   */
  show({ services }: EnvironmentView, sample: Sample | undefined, nothing: string): void {
    this.#table.hidden = services.length === 0;
    this.#nothing.hidden = services.length > 0;
    this.#table.classList.toggle('without-usage', sample === undefined);
    setText(this.#nothing, nothing);
    const names = new Set(services.map(({ name }) => name));
    for (const name of this.#rows.keys()) if (!names.has(name)) this.#rows.delete(name);
    arrange(
      this.#body,
      services.map((service) => {
        const row = this.#rows.get(service.name) ?? this.#make(service.name);
        this.#rows.set(service.name, row);
        fill(
          row,
          service,
          sample?.services.find(({ name }) => name === service.name),
        );
        return row.row;
      }),
    );
  }

  #make(service: string): Row {
    const name = element('th', { attributes: { role: 'rowheader', scope: 'row' }, text: service });
    const word = element('span', { class: 'state' });
    const reason = element('span', { class: 'reason' });
    const [ready, restarts, cpu, memory] = [number('Ready'), number('Restarts'), number('CPU'), number('Memory')];
    const address = element('vscode-link');
    const logs = element('vscode-button', {
      text: 'Show Logs',
      attributes: { appearance: 'secondary', 'aria-label': `Show Logs of ${service}` },
    });
    logs.addEventListener('click', () => this.#onShowLogs(service));
    const row = element('tr', {
      attributes: { role: 'row' },
      children: [name, cell(word, reason), ready, restarts, cpu, memory, cell(address), cell(logs)],
    });
    return { row, name, state: word, reason, ready, restarts, cpu, memory, address };
  }
}

function cell(...children: readonly Node[]): HTMLElement {
  return element('td', { attributes: { role: 'cell' }, children });
}

/** Where there is no room for columns, it says itself what it is. */
function number(title: (typeof columns)[number]): HTMLElement {
  return element('td', { attributes: { role: 'cell', 'data-title': title } });
}

function fill(row: Row, service: ServiceView, sample: Sample['services'][number] | undefined): void {
  setText(row.state, service.state);
  setAttribute(row.state, 'data-tone', service.tone);
  setText(row.reason, service.reason);
  setText(row.ready, `${service.ready}/${service.desired}`);
  setText(row.restarts, String(service.restarts));
  const { cpuCores = null, memoryBytes = null } = sample ?? {};
  setText(row.cpu, cpuCores === null ? '–' : amountText('cpu', cpuCores));
  setText(row.memory, memoryBytes === null ? '–' : bytesText(memoryBytes));
  // The host is the environment's, and stands in the header.
  setText(row.address, service.url === '' ? '' : new URL(service.url).pathname);
  setAttribute(row.address, 'title', service.url);
  row.address.hidden = service.url === '';
  setAttribute(row.address, 'href', service.url === '' ? undefined : service.url);
}
