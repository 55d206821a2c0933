import { Window } from 'happy-dom';
import type { Chart, MakeChart } from '../../../webview/chart';
import { Page } from '../../../webview/page';
import type { EnvironmentView, MarkView, Sample, ToHost, ToPage } from '../../../webview/protocol';
import type { ChartData } from '../../../webview/series';

/** Puts a document where the page looks for one, for the tests of this file. */
export function aDocument(): { dispose(): void } {
  const window = new Window();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'document');
  Object.defineProperty(globalThis, 'document', { value: window.document, configurable: true });
  return {
    dispose() {
      if (before) Object.defineProperty(globalThis, 'document', before);
      else Reflect.deleteProperty(globalThis, 'document');
      void window.happyDOM.close();
    },
  };
}

/** A page whose pictures a test draws. */
export function aPage() {
  const posted: ToHost[] = [];
  const drawn: ChartData[] = [];
  let marks: readonly MarkView[] = [];
  let pending: (() => void) | undefined;
  let frames = 0;
  const makeChart: MakeChart = (): Chart => ({
    draw: (data, _from, _to, told) => {
      drawn.push(data);
      marks = told;
    },
    restyle: () => undefined,
    resize: () => undefined,
  });
  document.body.replaceChildren(document.createElement('div'));
  const root = document.body.firstElementChild;
  if (!(root && 'hidden' in root)) throw new Error('there is no root');
  const page = new Page(root as HTMLElement, {
    post: (message) => void posted.push(message),
    nextFrame: (work) => {
      if (pending) throw new Error('one picture is asked for twice');
      pending = work;
    },
    makeChart,
  });
  const draw = (): void => {
    const work = pending;
    pending = undefined;
    if (!work) return;
    frames++;
    work();
  };
  return {
    page,
    posted,
    drawn,
    /** Those on the charts. */
    marks: () => marks,
    get frames() {
      return frames;
    },
    draw,
    /** Tells the page and draws what it says. */
    tell(...messages: readonly ToPage[]): void {
      for (const message of messages)
        if (!page.receive(message)) throw new Error(`refused: ${JSON.stringify(message)}`);
      draw();
    },
    find: (selector: string): HTMLElement => {
      const found = document.querySelector<HTMLElement>(selector);
      if (!found) throw new Error(`nothing is ${selector}`);
      return found;
    },
  };
}

export function anEnvironmentView(change: Partial<EnvironmentView> = {}): EnvironmentView {
  return {
    name: 'feature',
    namespace: 'worktree-feature',
    cluster: 'embedded cluster',
    tone: 'good',
    state: 'healthy 1/1',
    offline: '',
    url: 'http://feature.localhost:8080/',
    parts: [],
    services: [aServiceView()],
    ...change,
  };
}

export function aServiceView(
  change: Partial<EnvironmentView['services'][number]> = {},
): EnvironmentView['services'][number] {
  return {
    name: 'backend',
    tone: 'good',
    state: 'Running',
    reason: '',
    ready: 1,
    desired: 1,
    restarts: 0,
    url: '',
    ...change,
  };
}

export function panels(change: Partial<Extract<ToPage, { type: 'panels' }>> = {}): Extract<ToPage, { type: 'panels' }> {
  const view = { range: '15m', refresh: '30s', service: '' } as const;
  return { type: 'panels', source: 'own', frames: [], links: [], notice: null, view, ...change };
}

export function aSample(at: number, change: Partial<Sample['services'][number]> = {}): Sample {
  const perSecond = { '1xx': 0, '2xx': 2, '3xx': 0, '4xx': 1, '5xx': 0.5 };
  const requests = { perSecond, p50Ms: 4, p95Ms: 40 };
  const service = { name: 'backend', cpuCores: 0.25, memoryBytes: 64 * 1024 * 1024, restarts: 1, requests };
  return { at, forMs: null, services: [{ ...service, ...change }] };
}

export function samples(...all: readonly Sample[]): ToPage {
  return { type: 'samples', samples: all, missing: { usage: '', requests: '' } };
}
