import { askWeb, type WebAnswer } from '@coppice/host/askWeb';
import { parseRecord } from '@coppice/host/parseRecord';
import { traceTags } from '../../core/dashboards/environmentPanels';
import { AppError } from '../../core/errors';
import type { Trace, Traces, TracesWanted } from '../../core/ports/traces';
import { refusalIn, servicesIn, tracesIn } from './jaegerAnswers';

/** A thousand traces of some fifty spans each are less. */
const answerLimit = { mostBytes: 64 * 1024 * 1024, tooLong: 'its answer is too long: ask for less time' };

const patienceMs = 15_000;

/**
 * Jaeger, by the API that its own pages ask: `/api/v3` of Jaeger 2 has no filter by attributes (`http_gateway.go` of v1.76.0), without
 * which another environment's traces of a service of the same name would take the place of this one's.
 */
export class JaegerTraces implements Traces {
  /** @param address of its pages, with or without a path of its own */
  constructor(
    private readonly address: string,
    private readonly patience = patienceMs,
  ) {}

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
    const url = this.#below(`api/${place}`);
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    const answer = await this.#answer(url, signal);
    const told = parseRecord(answer.body);
    const isJaeger = told !== undefined && ('data' in told || 'errors' in told);
    if (answer.status === 200 && isJaeger) return told['data'];
    if (answer.status === 404 && isJaeger) return undefined;
    if (answer.status === 401 || answer.status === 403)
      throw new AppError(
        'denied',
        `Jaeger at ${this.#shown()} wants a login (${answer.status}): jaeger.url may have one, https://user:password@host.`,
      );
    const why = isJaeger ? refusalIn(told['errors']) : undefined;
    if (isJaeger)
      throw new AppError('failed', `Jaeger at ${this.#shown()} refuses the question: ${why ?? answer.status}`);
    throw new AppError(
      'failed',
      `Something other than Jaeger answers at ${this.#shown()} (${answer.status}): is jaeger.url the address of its pages?`,
    );
  }

  async #answer(url: URL, signal: AbortSignal): Promise<WebAnswer> {
    const limit = AbortSignal.timeout(this.patience);
    try {
      return await askWeb(url, answerLimit, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted)
        throw new AppError('timeout', `Jaeger at ${this.#shown()} has not answered within ${this.patience / 1000} s.`);
      const why = error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code ?? '') : '';
      throw new AppError('unreachable', `Jaeger at ${this.#shown()} cannot be asked: ${why}`, { cause: error });
    }
  }

  #below(path: string): URL {
    let url: URL;
    try {
      url = new URL(this.address);
    } catch (error) {
      throw new AppError('invalidInput', 'jaeger.url is no address: it is one such as http://127.0.0.1:16686.', {
        cause: error,
      });
    }
    if (!/^https?:$/.test(url.protocol))
      throw new AppError('invalidInput', 'jaeger.url is the address of a page: it begins with http:// or https://.');
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
    url.search = '';
    url.hash = '';
    return url;
  }

  /** Without a password. */
  #shown(): string {
    const { origin, pathname } = this.#below('');
    return `${origin}${pathname.replace(/\/+$/, '')}`;
  }
}
