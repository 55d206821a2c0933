import type {
  EnvironmentEvent,
  EnvironmentLogLine,
  TelemetryListener,
  TelemetrySample,
} from '../../core/ports/telemetry';
import { limits, type EventView, type LogLine, type Sample, type ToPage } from '../../../webview/protocol';
import { plainLine, shortened } from '../editor/text';

/** How long news is gathered, so that a burst is one message. Milliseconds. */
const gatherMs = 100;

/** Turns what the cluster tells into messages, gathered, and cut to what the page takes. Disposed by whoever made it. */
export class TelemetryFeed implements TelemetryListener {
  readonly #post: (message: ToPage) => void;
  #lines: LogLine[] = [];
  #isAnew = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(post: (message: ToPage) => void) {
    this.#post = post;
  }

  onSamples(samples: readonly TelemetrySample[]): void {
    const { usage = '', requests = '' } = samples.at(-1)?.missing ?? {};
    this.#post({
      type: 'samples',
      samples: samples.slice(-limits.samples).map(sampleView),
      missing: { usage: reasoned(usage), requests: reasoned(requests) },
    });
  }

  onEvents(events: readonly EnvironmentEvent[]): void {
    this.#post({ type: 'events', events: events.slice(0, limits.events).map(toEvent) });
  }

  onLogLines(lines: readonly EnvironmentLogLine[]): void {
    for (const { service, text } of lines)
      this.#lines.push({ service: named(service), text: shortened(plainLine(text), limits.line) });
    if (this.#lines.length > limits.lines) this.#lines = this.#lines.slice(-limits.lines);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#post({ type: 'lines', isAnew: this.#isAnew, lines: this.#lines });
      this.#isAnew = false;
      this.#lines = [];
    }, gatherMs);
  }

  onState(failure: string | undefined): void {
    this.#post({ type: 'feed', failure: reasoned(failure ?? '') });
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/** What the page takes of a sample. */
export function sampleView({ at, forMs, services }: TelemetrySample): Sample {
  return {
    at,
    forMs: forMs ?? null,
    services: services.slice(0, limits.services).map(({ name, cpuCores, memoryBytes, restarts, requests }) => ({
      name: named(name),
      cpuCores: cpuCores ?? null,
      memoryBytes: memoryBytes ?? null,
      restarts,
      requests: requests
        ? {
            perSecond: {
              '1xx': requests.perSecond['1xx'],
              '2xx': requests.perSecond['2xx'],
              '3xx': requests.perSecond['3xx'],
              '4xx': requests.perSecond['4xx'],
              '5xx': requests.perSecond['5xx'],
            },
            p50Ms: requests.p50Ms ?? null,
            p95Ms: requests.p95Ms ?? null,
          }
        : null,
    })),
  };
}

function toEvent({ id, at, type, reason, object, message, count }: EnvironmentEvent): EventView {
  return {
    id: named(id),
    at,
    type,
    reason: named(reason),
    object: named(object),
    message: shortened(plainLine(message), limits.line),
    count,
  };
}

const named = (text: string): string => shortened(plainLine(text), limits.name);
const reasoned = (text: string): string => shortened(plainLine(text), limits.reason);
