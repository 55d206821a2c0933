import { AppError } from '../../core/errors';
import type { AdminConnection, PostgresServer } from './postgresServer';

/** A server of the person's own, named by a setting. Its role needs CREATEDB and CREATEROLE, or to be a superuser. */
export class GivenServer implements PostgresServer {
  readonly #url: string;
  readonly #password: () => Promise<string | undefined>;

  /** @param password from wherever secrets are kept; one that stands in the URL is used when there is none */
  constructor(options: { readonly url: string; readonly password: () => Promise<string | undefined> }) {
    this.#url = options.url;
    this.#password = options.password;
  }

  find(): Promise<AdminConnection> {
    return this.connect();
  }

  exists(): Promise<boolean> {
    return Promise.resolve(true);
  }

  freeBytes(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async connect(): Promise<AdminConnection> {
    const url = URL.canParse(this.#url) ? new URL(this.#url) : undefined;
    if (!url || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '' || url.username === '') {
      throw new AppError('notConfigured', 'The setting postgres.url is no URL like postgresql://user@host:5432/', {
        remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'postgres.url' } },
      });
    }
    const inUrl = url.password === '' ? undefined : decodeURIComponent(url.password);
    url.password = '';
    if (url.pathname === '' || url.pathname === '/') url.pathname = '/postgres';
    return { url: url.href, password: (await this.#password()) ?? inUrl };
  }
}
