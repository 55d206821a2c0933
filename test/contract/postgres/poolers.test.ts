import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/adapters/postgres/freePort';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../../src/adapters/postgres/postgresServer';
import { administeredPostgres, type AdministeredPostgres } from '../../support/administeredPostgres';
import { until } from '../../support/until';
import { asServer } from './cutAt';

/* A person's own server is often named by the address of what pools its connections. */

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((each) => existsSync(each));
const refused = { code: 'notConfigured', message: expect.stringContaining('a pooler of connections') as string };
let pg: AdministeredPostgres;
beforeAll(async () => {
  pg = await administeredPostgres();
}, 120_000);
afterAll(() => pg?.dispose());

const through = (port: number): AdminConnection => {
  const url = new URL(pg.connection.url);
  url.port = String(port);
  return { ...pg.connection, url: url.href };
};
const connects = (port: number) => new PostgresDatabases({ server: asServer(through(port)) }).connect();

/** Something between, which gives sessions numbers of its own. @param keeps a session that its client has ended goes on */
async function between(keeps: boolean): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onwards = connect(Number(new URL(pg.connection.url).port), '127.0.0.1');
    for (const end of [socket, onwards]) sockets.add(end.on('error', () => undefined));
    // X: the end of a session.
    socket.on('data', (data: Buffer) => (keeps && data[0] === 0x58 ? socket.end() : onwards.write(data)));
    socket.on('close', () => keeps || onwards.destroy());
    onwards.on('data', (data: Buffer) => {
      const at = data.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at >= 0) data.writeUInt32BE(1, at + 5);
      socket.write(data);
    });
    onwards.on('close', () => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('what keeps sessions that were closed is refused, and what only has numbers of its own is not', async () => {
  for (const keeps of [true, false]) {
    const { port, close } = await between(keeps);
    try {
      await (keeps ? expect(connects(port)).rejects.toMatchObject(refused) : connects(port));
    } finally {
      await close();
    }
  }
});

test('what does not hand on what a session asks for is told for what it is', async () => {
  const said = 'SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0';
  const error = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), Buffer.from(said)]);
  error.writeUInt32BE(error.length - 1, 1);
  const server = createServer((socket) => void socket.once('data', () => socket.end(error)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const explanation = expect.stringContaining('statement_timeout') as string;
    await expect(connects(port)).rejects.toMatchObject({ ...refused, explanation });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

describe.skipIf(program === undefined)('PgBouncer', () => {
  test.each([
    ['session', ''],
    ['session', 'ignore_startup_parameters = statement_timeout'],
    ['transaction', 'ignore_startup_parameters = statement_timeout'],
  ])('in its mode %s is refused (%s)', async (mode, more) => {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-pooler-'));
    const { port: own, username } = new URL(pg.connection.url);
    const port = await freePort(undefined);
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(join(folder, 'users'), `"${username}" "${pg.connection.password}"\n`);
    await writeFile(
      file,
      `[databases]\n* = host=127.0.0.1 port=${own}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = plain\nauth_file = ${folder}/users\npool_mode = ${mode}\n${more}\n`,
    );
    for (const path of [folder, file, join(folder, 'users')]) await chmod(path, 0o755);
    const child = spawn(program ?? '', [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), file], {
      stdio: 'ignore',
    });
    const ended = once(child, 'close');
    try {
      const answers = () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
          socket.on('error', () => resolve(false));
        });
      await until(answers, 30_000);
      await expect(connects(port)).rejects.toMatchObject(refused);
    } finally {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    }
  });
});
