import type { AdminConnection, PostgresServer } from './postgresServer';

export interface ForwardedServerOptions {
  readonly user: string;
  /** Makes a port of this machine lead to the server, or finds the one that does, and reads the password. @throws AppError */
  readonly open: (signal?: AbortSignal) => Promise<{ readonly localPort: number; readonly password: string }>;
}

/** A server in a cluster, reached through a port of this machine's own. */
export class ForwardedServer implements PostgresServer {
  readonly #options: ForwardedServerOptions;

  constructor(options: ForwardedServerOptions) {
    this.#options = options;
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

  async connect(signal?: AbortSignal): Promise<AdminConnection> {
    const { localPort, password } = await this.#options.open(signal);
    return { url: `postgresql://${this.#options.user}@127.0.0.1:${localPort}/postgres`, password };
  }
}
