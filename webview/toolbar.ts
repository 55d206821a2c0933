import { Choice } from './choice';
import { arrange, element, setAttribute, setText } from './element';
import { firstView, ranges, refreshes, type Link, type View } from './protocol';

export interface ToolbarActions {
  readonly onChoose: (view: View) => void;
  readonly onRefresh: () => void;
}

const rangeLabels: Readonly<Record<View['range'], string>> = {
  '5m': 'Last 5 minutes',
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
};
/** What the page itself can have heard; beyond that only a cluster that keeps it knows anything. */
const ownRanges: readonly View['range'][] = ['5m', '15m', '1h'];
const keptRanges: readonly View['range'][] = [...ownRanges, '6h'];
const refreshLabels: Readonly<Record<View['refresh'], string>> = {
  off: 'Off',
  '5s': 'Every 5 seconds',
  '10s': 'Every 10 seconds',
  '30s': 'Every 30 seconds',
  '1m': 'Every minute',
  '5m': 'Every 5 minutes',
};

/** Of what time, how often, of which service; and the ways to the same view elsewhere. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #range: Choice;
  readonly #refresh: Choice;
  readonly #service: Choice;
  readonly #links = element('nav', { attributes: { 'aria-label': 'The same view elsewhere' } });
  readonly #linkOf = new Map<string, HTMLElement>();
  #view: View = firstView;

  constructor({ onChoose, onRefresh }: ToolbarActions) {
    const choose = (change: Partial<View>): void => onChoose((this.#view = { ...this.#view, ...change }));
    this.#range = new Choice('Time range', 'range', (value) => {
      const range = ranges.find((one) => one === value);
      if (range) choose({ range });
    });
    this.#refresh = new Choice('Refresh', 'refresh', (value) => {
      const refresh = refreshes.find((one) => one === value);
      if (refresh) choose({ refresh });
    });
    this.#service = new Choice('Service', 'service', (value) => choose({ service: value }));
    const button = element('vscode-button', { text: 'Refresh', attributes: { appearance: 'secondary' } });
    button.addEventListener('click', onRefresh);
    this.element = element('div', {
      class: 'toolbar',
      attributes: { role: 'region', 'aria-label': 'What is shown' },
      children: [this.#range.element, this.#service.element, this.#refresh.element, button, this.#links],
    });
  }

  /** @param source where the charts come from; `kept`: the page draws what the cluster kept, too */
  show(view: View, source: 'grafana' | 'own' | 'kept', links: readonly Link[], services: readonly string[]): void {
    this.#view = view;
    const offered = source === 'grafana' ? ranges : source === 'kept' ? keptRanges : ownRanges;
    this.#range.show(
      offered.map((value) => ({ value, label: rangeLabels[value] })),
      offered.includes(view.range) ? view.range : '1h',
    );
    this.#refresh.show(
      refreshes.map((value) => ({ value, label: refreshLabels[value] })),
      view.refresh,
    );
    // What the page draws itself comes as it happens.
    this.#refresh.hide(source !== 'grafana');
    const known = view.service === '' || services.includes(view.service) ? services : [...services, view.service];
    this.#service.show(
      [{ value: '', label: 'All services' }, ...known.map((name) => ({ value: name, label: name }))],
      view.service,
    );
    this.#showLinks(links);
  }

  #showLinks(links: readonly Link[]): void {
    arrange(
      this.#links,
      links.map(({ title, url }) => {
        const link = this.#linkOf.get(title) ?? element('vscode-link');
        this.#linkOf.set(title, link);
        setText(link, title);
        setAttribute(link, 'href', url);
        return link;
      }),
    );
    this.#links.hidden = links.length === 0;
  }
}
