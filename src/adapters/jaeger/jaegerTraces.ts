import { parseRecord } from '@coppice/host/parseRecord';
import { traceTags } from '../../core/dashboards/environmentPanels';
import type { Trace, Traces, TracesWanted } from '../../core/ports/traces';
import { AskedPages } from '../exec/askedPages';
import { refusalIn, servicesIn, tracesIn } from './jaegerAnswers';

/** A thousand traces of some fifty spans each are less. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Jaeger, by the API that its own pages ask: `/api/v3` of Jaeger 2 has no filter by attributes (`http_gateway.go` of v1.76.0), without
 * which another environment's traces of a service of the same name would take the place of this one's.
 */
export class JaegerTraces implements Traces {
  readonly #pages: AskedPages;

  /** @param address of its pages, with or without a path of its own */
  constructor(address: string, patienceMs = 15_000) {
    const example = 'http://127.0.0.1:16686';
    this.#pages = new AskedPages({ name: 'Jaeger', setting: 'jaeger.url', example, address, mostBytes, patienceMs });
  }

  async services(signal: AbortSignal): Promise<readonly string[]> {
    return servicesIn(await this.#ask('services', {}, signal));
  }

  async find(wanted: TracesWanted, signal: AbortSignal): Promise<readonly Trace[]> {
    const { service, namespace, fromMs, toMs, isFailed, limit } = wanted;
    const tags = { [traceTags.namespace]: namespace, ...(isFailed ? { error: 'true' } : {}) };
    // Microseconds.
    const range = { start: String(Math.floor(fromMs * 1000)), end: String(Math.ceil(toMs * 1000)) };
    const asked = { service, ...range, limit: String(limit), tags: JSON.stringify(tags) };
    return tracesIn(await this.#ask('traces', asked, signal));
  }

  async read(id: string, signal: AbortSignal): Promise<Trace | undefined> {
    return tracesIn(await this.#ask(`traces/${encodeURIComponent(id)}`, {}, signal))[0];
  }

  /** @returns what it has in `data`; undefined where it knows of none */
  async #ask(place: string, asked: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const answer = await this.#pages.ask(`api/${place}`, asked, signal);
    const told = parseRecord(answer.body);
    const isJaeger = told !== undefined && ('data' in told || 'errors' in told);
    if (answer.status === 200 && isJaeger) return told['data'];
    if (answer.status === 404 && isJaeger) return undefined;
    throw isJaeger
      ? this.#pages.refusal(refusalIn(told['errors']) ?? String(answer.status))
      : this.#pages.stranger(answer);
  }
}
