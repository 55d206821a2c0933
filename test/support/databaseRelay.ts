import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '../../src/adapters/postgres/embeddedPostgres';
import type { AdminConnection } from '../../src/adapters/postgres/postgresServer';
import { until } from './until';

export interface DatabaseRelay {
  /** Where it listens, `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** From where the server sees those come who come through a relay; on Linux all of 127/8 is this machine's own. */
export const relayedFrom = '127.0.0.2';

/**
 * Leads a port of one of this machine's addresses to a server that listens on loopback, as a server that pods reach by an
 * address of its own. The server sees another client than this machine's own sessions.
 */
export async function relayDatabase(server: EmbeddedPostgres, listenAt: string): Promise<DatabaseRelay> {
  const connection = await server.start();
  await admit(server, connection);
  const port = Number(new URL(connection.url).port);
  const sockets = new Set<Socket>();
  const relay = createServer((socket) => {
    const onwards = connect({ host: '127.0.0.1', port, localAddress: relayedFrom });
    socket.pipe(onwards).pipe(socket);
    for (const end of [socket, onwards]) {
      sockets.add(end);
      end.on('error', () => undefined).on('close', () => (sockets.delete(end), socket.destroy(), onwards.destroy()));
    }
  });
  await once(relay.listen(0, listenAt), 'listening');
  return {
    address: `${listenAt}:${(relay.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
}

/** The server lets nobody in but from 127.0.0.1, until it is told otherwise. */
async function admit(server: EmbeddedPostgres, { url, password }: AdminConnection): Promise<void> {
  const rules = join(server.folder, 'server', 'data', 'pg_hba.conf');
  await appendFile(rules, `\nhost all all ${relayedFrom}/32 scram-sha-256\n`);
  const admin = new URL(url);
  admin.password = encodeURIComponent(password ?? '');
  const client = new Client({ connectionString: admin.href });
  await client.connect();
  try {
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
  // The new rules count for whoever comes after the server has read them.
  await until(async () => !(await refusal(Number(admin.port))).includes('pg_hba.conf'));
}

/** What the server says to somebody without a name who comes from there. */
async function refusal(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: relayedFrom });
  const client = new Client({ user: 'nobody', database: 'postgres', stream: () => socket });
  try {
    await client.connect();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  } finally {
    socket.destroy();
  }
}
