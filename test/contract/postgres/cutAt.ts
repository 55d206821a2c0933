import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection, PostgresServer } from '../../../src/adapters/postgres/postgresServer';

export function asServer(to: AdminConnection, freeBytes?: number): PostgresServer {
  const own = (): Promise<AdminConnection> => Promise.resolve(to);
  return {
    ...{ connect: own, find: own, exists: () => Promise.resolve(true) },
    freeBytes: () => Promise.resolve(freeBytes),
  };
}

/** A way to the server that ends, with all sessions on it, at the message with a number: as when the process is killed. */
export async function cutAt(
  connection: AdminConnection,
  message: number,
): Promise<{ databases: PostgresDatabases; wasCut(): boolean; close(): Promise<void> }> {
  const { hostname, port } = new URL(connection.url);
  const sockets = new Set<Socket>();
  let [count, isCut] = [0, false];
  const relay = createServer((socket) => {
    const onwards = connect({ host: hostname, port: Number(port) });
    for (const end of [socket, onwards]) sockets.add(end.on('error', () => undefined));
    if (isCut) return void socket.destroy();
    socket.on('data', (data) => {
      isCut ||= count++ === message;
      if (isCut) for (const end of sockets) end.destroy();
      else onwards.write(data);
    });
    socket.on('close', () => onwards.destroy());
    onwards.pipe(socket);
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(connection.url);
  url.hostname = '127.0.0.1';
  url.port = String((relay.address() as AddressInfo).port);
  return {
    databases: new PostgresDatabases({ server: asServer({ ...connection, url: url.href }) }),
    wasCut: () => isCut,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
}
