import type { PostgresServer } from './postgresServer';
import { whileDoing } from './session';
import { urlFor } from './urlFor';

/** How one database is reached: by this machine, and by the pods of a real cluster. */
export class DatabaseAddresses {
  readonly #server: PostgresServer;
  readonly #podAddress: string;

  constructor(server: PostgresServer, podAddress: string) {
    this.#server = server;
    this.#podAddress = podAddress;
  }

  /** By the address alone: a stranger that listens at an old one is not told any password. */
  async isCurrent(url: string, from: 'machine' | 'pods', signal: AbortSignal | undefined): Promise<boolean> {
    const connection = await whileDoing('Connect to PostgreSQL', () => this.#server.connect(signal));
    const current = from === 'pods' ? this.asPodsSee(connection.url) : connection.url;
    return URL.canParse(url) && addressOf(url) === addressOf(current);
  }

  async asMachineSees(podUrl: string): Promise<string | undefined> {
    const connection = await this.#server.find();
    if (!connection || !URL.canParse(podUrl)) return undefined;
    const { username, password, pathname } = new URL(podUrl);
    const [database, role, secret] = [pathname.slice(1), username, password].map(decodeURIComponent);
    return urlFor(connection, { database: database ?? '', role: role ?? '', password: secret ?? '' });
  }

  asPodsSee(url: string): string {
    const seen = new URL(url);
    if (this.#podAddress !== '') seen.host = this.#podAddress;
    return seen.href;
  }
}

function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5432'}`;
}
