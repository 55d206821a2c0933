import type { Telemetry, TelemetryMark } from '../../core/ports/telemetry';
import { limits, type MarkView, type ToPage, type View } from '../../../webview/protocol';
import { plainLine, shortened } from '../editor/text';
import { sampleView } from './telemetryFeed';

const minuteMs = 60_000;
/** Of what the page itself can draw; elsewhere Grafana asks by itself. */
const rangeMinutes: Readonly<Partial<Record<View['range'], number>>> = { '5m': 5, '15m': 15, '1h': 60, '6h': 360 };
/** As many as a chart has room for, and no finer than the cluster writes them down. */
const mostSteps = 360;
const shortestStepMs = 15_000;
/** What the page heard meanwhile it draws as it was told. */
const againMs = 5 * minuteMs;

/** How far back the page draws, in milliseconds. */
export function drawnMs(range: View['range']): number {
  return (rangeMinutes[range] ?? 60) * minuteMs;
}

/**
 * Tells the page what the cluster kept of the range that is chosen: at once, when another is chosen, and again now and then. Where none is
 * kept the page hears nothing. Disposed by whoever made it.
 */
export class PastFeed {
  readonly #ended = new AbortController();
  #range: View['range'] | undefined;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly namespace: string,
    private readonly ask: Telemetry['past'],
    private readonly post: (message: ToPage) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  show(range: View['range']): void {
    if (this.#range === range) return;
    this.#range = range;
    void this.#tell();
  }

  dispose(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const lengthMs = drawnMs(this.#range ?? '1h');
    const toMs = Date.now();
    const stepMs = Math.max(shortestStepMs, lengthMs / mostSteps);
    try {
      const range = { fromMs: toMs - lengthMs, toMs, stepMs };
      const past = await this.ask(this.namespace, range, this.#ended.signal);
      if (turn !== this.#turn || this.#ended.signal.aborted) return;
      if (past)
        this.post({
          type: 'past',
          samples: past.samples.slice(-limits.samples).map(sampleView),
          marks: past.marks.slice(-limits.marks).map(markView),
        });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      // That the cluster does not answer is said of what is told now.
      this.onFailure(error);
    }
    if (turn === this.#turn) this.#timer = setTimeout(() => void this.#tell(), againMs);
  }
}

function markView(mark: TelemetryMark): MarkView {
  const { at, kind } = mark;
  switch (kind) {
    case 'created':
      return { at, kind, service: '', text: 'Environment created' };
    case 'update':
      return { at, kind, service: '', text: mark.revision === 1 ? 'Installed' : `Updated, revision ${mark.revision}` };
    case 'restart': {
      const name = shortened(plainLine(mark.service), limits.name - 40);
      return { at, kind, service: name, text: `${name} restarted${mark.count > 1 ? ` × ${mark.count}` : ''}` };
    }
  }
}
