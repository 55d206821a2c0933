import type { MakeChart } from './chart';
import { ChartPanel } from './chartPanel';
import { Comparison } from './comparison';
import { element, setText } from './element';
import { EventList } from './eventList';
import { Frames } from './frames';
import { Header } from './header';
import { LogView } from './logView';
import { MarkList } from './markList';
import { inOrder } from './marks';
import { NoticeView } from './noticeView';
import {
  firstView,
  isToPage,
  type LogLine,
  type MarkView,
  type Sample,
  type ToHost,
  type ToPage,
  type View,
} from './protocol';
import { ownCharts, withPast, withSamples, type OwnChart } from './series';
import { ServiceTable } from './serviceTable';
import { Toolbar } from './toolbar';

/** What the page needs of the editor around it. */
export interface Surroundings {
  post(message: ToHost): void;
  /** Calls once, before the next picture is drawn. */
  nextFrame(work: () => void): void;
  readonly makeChart: MakeChart;
}

type Message<Type extends ToPage['type']> = Extract<ToPage, { readonly type: Type }>;

const titles: Readonly<Record<OwnChart, string>> = {
  requests: 'Requests',
  errors: 'Errors',
  latency: 'Latency',
  cpu: 'CPU',
  memory: 'Memory',
  restarts: 'Restarts',
};
const ofRequests: ReadonlySet<OwnChart> = new Set(['requests', 'errors', 'latency']);

/**
 * Draws what the extension tells. News is gathered until the next picture, and only what differs is written: however fast
 * it comes, a control stays the same element under the pointer.
 */
export class Page {
  readonly #surroundings: Surroundings;
  readonly #header: Header;
  readonly #comparison = new Comparison();
  readonly #toolbar: Toolbar;
  readonly #notice: NoticeView;
  readonly #frames = new Frames();
  readonly #services: ServiceTable;
  readonly #charts: ReadonlyMap<OwnChart, ChartPanel>;
  readonly #changes = new MarkList();
  readonly #events = new EventList();
  readonly #log = new LogView();
  readonly #own: HTMLElement;
  readonly #feed = element('p', { class: 'offline', attributes: { role: 'status' } });
  #environment: Message<'environment'>['environment'] | undefined;
  #panels: Message<'panels'> | undefined;
  #hasPast = false;
  #past: readonly Sample[] = [];
  #marks: readonly MarkView[] = [];
  #commits: readonly MarkView[] = [];
  #heard: readonly Sample[] = [];
  #missing = { usage: '', requests: '' };
  #eventsTold: Message<'events'>['events'] = [];
  #lines: LogLine[] = [];
  #linesAreAnew = false;
  #failure = '';
  #view: View = firstView;
  #isReloadWanted = false;
  #isReloadDue = false;
  #isVisible = true;
  #isDrawn = true;

  constructor(root: HTMLElement, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#header = new Header({
      onCompare: () => surroundings.post({ type: 'compare' }),
      onEnd: () => surroundings.post({ type: 'endComparison' }),
    });
    this.#toolbar = new Toolbar({
      onChoose: (view) => {
        this.#view = view;
        this.#drawSoon();
        surroundings.post({ type: 'choose', view });
      },
      onRefresh: () => {
        // Not before it is known that Grafana still lets itself be framed: the answer is its panels, or why there are none.
        this.#isReloadWanted = true;
        surroundings.post({ type: 'fix', fix: 'check' });
      },
    });
    this.#notice = new NoticeView((fix) => surroundings.post({ type: 'fix', fix }));
    this.#services = new ServiceTable((service) => surroundings.post({ type: 'showLogs', service }));
    this.#charts = new Map(ownCharts.map((name) => [name, new ChartPanel(name, titles[name], surroundings.makeChart)]));
    this.#own = element('div', {
      class: 'grid',
      children: [
        ...[...this.#charts.values()].map((chart) => chart.element),
        ...[this.#changes.element, this.#events.element, this.#log.element],
      ],
    });
    this.#feed.hidden = true;
    root.replaceChildren(
      this.#header.element,
      this.#toolbar.element,
      this.#notice.element,
      element('main', { children: [this.#services.element, this.#frames.element, this.#feed, this.#own] }),
    );
    this.#own.hidden = true;
  }

  /** @returns false when the protocol knows no such message: nothing was done then */
  receive(message: unknown): boolean {
    if (!isToPage(message)) return false;
    this.#take(message);
    this.#drawSoon();
    return true;
  }

  /** The editor's colours changed. */
  restyle(): void {
    for (const chart of this.#charts.values()) chart.restyle();
  }

  resize(): void {
    for (const chart of this.#charts.values()) chart.resize();
  }

  /** Frames ask Grafana as long as they are there; after a while that nobody saw them they are let go. */
  pauseFrames(): void {
    this.#frames.pause(true);
  }

  get isVisible(): boolean {
    return this.#isVisible;
  }

  get view(): View {
    return this.#view;
  }

  /** The folder of the worktree that it is compared with; '': none. */
  get comparedWith(): string {
    return this.#comparison.worktree;
  }

  #take(message: ToPage): void {
    switch (message.type) {
      case 'environment':
        this.#environment = message.environment;
        return;
      case 'panels':
        this.#panels = message;
        this.#view = message.view;
        this.#isReloadDue ||= this.#isReloadWanted;
        this.#isReloadWanted = false;
        return;
      case 'samples':
        this.#heard = withSamples(this.#heard, message.samples);
        this.#missing = message.missing;
        return;
      case 'past':
        this.#hasPast = true;
        this.#past = message.samples;
        this.#marks = message.marks;
        return;
      case 'commits':
        this.#commits = message.marks;
        return;
      case 'comparison':
        this.#comparison.begin(message.with);
        return;
      case 'compared':
        this.#comparison.take(message.worktree, message.news);
        return;
      case 'events':
        this.#eventsTold = message.events;
        return;
      case 'lines':
        if (message.isAnew) this.#lines = [];
        this.#linesAreAnew ||= message.isAnew;
        this.#lines.push(...message.lines);
        return;
      case 'feed':
        this.#failure = message.failure;
        return;
      case 'visible':
        this.#isVisible = message.isVisible;
        if (message.isVisible) this.#frames.pause(false);
        return;
    }
  }

  #drawSoon(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#surroundings.nextFrame(() => {
      this.#isDrawn = true;
      if (this.#isVisible) this.#draw();
    });
  }

  #draw(): void {
    const [environment, panels] = [this.#environment, this.#panels];
    const source = panels?.source ?? 'own';
    const other = this.#comparison.environment;
    if (environment) {
      this.#header.show(environment);
      this.#header.compare(environment.namespace !== '', other, this.#comparison.failure);
      const none = environment.namespace === '' ? 'This worktree has no environment.' : 'No services yet.';
      this.#services.show(environment, source === 'own' ? (this.#heard.at(-1) ?? this.#past.at(-1)) : undefined, none);
    }
    const charts = source === 'own' && this.#hasPast ? 'kept' : source;
    this.#toolbar.show(this.#view, charts, panels?.links ?? [], environment?.services.map(({ name }) => name) ?? []);
    this.#notice.show(panels?.notice ?? null);
    this.#frames.show(panels?.frames ?? []);
    this.#frames.element.hidden = source !== 'grafana';
    if (this.#isReloadDue) this.#frames.reload();
    this.#isReloadDue = false;
    this.#own.hidden = !panels || source !== 'own' || environment?.namespace === '';
    this.#feed.hidden = this.#own.hidden || this.#failure === '';
    setText(this.#feed, this.#failure);
    if (this.#own.hidden) return;
    const own = { name: environment?.name ?? '', samples: withPast(this.#past, this.#heard) };
    const compared = other && { name: other.name, samples: this.#comparison.samples };
    this.#own.className = compared ? 'grid compared' : 'grid';
    const marks = this.#comparison.marksWith(inOrder(this.#marks, this.#commits));
    for (const [name, chart] of this.#charts) {
      const missing = ofRequests.has(name) ? this.#missing.requests : name === 'restarts' ? '' : this.#missing.usage;
      chart.show(own, compared, marks, this.#view, missing);
    }
    this.#changes.show(marks);
    this.#events.show(this.#eventsTold);
    this.#log.show(this.#lines, this.#linesAreAnew, this.#view.service);
    this.#lines = [];
    this.#linesAreAnew = false;
  }
}
