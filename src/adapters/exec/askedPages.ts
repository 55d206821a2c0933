import { askWeb, type WebAnswer } from '@coppice/host/askWeb';
import { AppError } from '../../core/errors';
import type { Settings } from '../../core/settings';

export interface PagesOptions {
  /** What a person calls it: Jaeger. */
  readonly name: string;
  /** Where they say where it is. */
  readonly setting: keyof Settings & `${string}.url`;
  /** What such an address looks like. */
  readonly example: string;
  /** Of its pages, with or without a path of its own, and with a login where it wants one. */
  readonly address: string;
  readonly mostBytes: number;
  /** How long an answer may take, in milliseconds. */
  readonly patienceMs: number;
}

/** A service of telemetry, asked by the interface of its own pages. What goes wrong is told by its name and its setting. */
export class AskedPages {
  constructor(private readonly options: PagesOptions) {}

  /**
   * @param place below its address, without a / before it
   * @param asked parameters of the query
   * @throws unreachable, timeout, denied where it wants a login, invalidInput when its address is none; the signal's reason
   */
  async ask(place: string, asked: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WebAnswer> {
    const url = this.#below(place);
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    const answer = await this.#answer(url, signal);
    const { name, setting } = this.options;
    if (answer.status === 401 || answer.status === 403)
      throw new AppError(
        'denied',
        `${name} at ${this.#shown()} wants a login (${answer.status}): ${setting} may have one, https://user:password@host.`,
      );
    return answer;
  }

  /** @param why as it says it */
  refusal(why: string): AppError {
    return new AppError('failed', `${this.options.name} at ${this.#shown()} refuses the question: ${why}`);
  }

  stranger({ status }: WebAnswer): AppError {
    const { name, setting } = this.options;
    return new AppError(
      'failed',
      `Something other than ${name} answers at ${this.#shown()} (${status}): is ${setting} the address of its pages?`,
    );
  }

  async #answer(url: URL, signal: AbortSignal): Promise<WebAnswer> {
    const { name, mostBytes, patienceMs } = this.options;
    const limit = AbortSignal.timeout(patienceMs);
    try {
      const tooLong = 'its answer is too long: ask for less time';
      return await askWeb(url, { mostBytes, tooLong }, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted)
        throw new AppError('timeout', `${name} at ${this.#shown()} has not answered within ${patienceMs / 1000} s.`);
      const why = error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code ?? '') : '';
      throw new AppError('unreachable', `${name} at ${this.#shown()} cannot be asked: ${why}`, { cause: error });
    }
  }

  #below(path: string): URL {
    const { setting, address, example } = this.options;
    let url: URL;
    try {
      url = new URL(address);
    } catch (error) {
      throw new AppError('invalidInput', `${setting} is no address: it is one such as ${example}.`, {
        cause: error,
      });
    }
    if (!/^https?:$/.test(url.protocol))
      throw new AppError('invalidInput', `${setting} is the address of a page: it begins with http:// or https://.`);
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
