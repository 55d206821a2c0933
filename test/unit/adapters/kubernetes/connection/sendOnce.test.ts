import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendOnce } from '../../../../../src/adapters/kubernetes/connection/sendOnce';
import { KubeConnection, type ApiRequest } from '../../../../../src/adapters/kubernetes/connection/kubeConnection';

const read: ApiRequest = { method: 'GET', path: '/api/v1/pods', verb: 'list', resource: 'pods' };
const change: ApiRequest = { ...read, method: 'POST', verb: 'create', body: {} };

let folder: string;
let server: Server;
let connection: KubeConnection;
/** Connections that were made. */
let made = 0;
/** Requests that came, by method. */
let came: string[] = [];
/** Whether this connection is closed instead of an answer. */
let breaks: (socket: Socket, count: number) => boolean;
/** Whether nothing is answered on this connection any more. */
let isSilent: (count: number) => boolean;
let cert: string;

beforeEach(async () => {
  made = 0;
  came = [];
  breaks = () => false;
  isSilent = () => false;
  folder = await mkdtemp(join(tmpdir(), 'coppice-requests-'));
  const names = [{ type: 7, ip: '127.0.0.1' } as const];
  const generated = await generate([{ name: 'commonName', value: 'test' }], {
    extensions: [{ name: 'subjectAltName', altNames: names }],
  });
  const { private: key } = generated;
  cert = generated.cert;
  const counts = new Map<Socket, number>();
  server = createServer({ key, cert }, (request, response) => {
    came.push(request.method ?? '');
    const count = (counts.get(request.socket) ?? 0) + 1;
    counts.set(request.socket, count);
    if (breaks(request.socket, count)) request.socket.destroy();
    else if (!isSilent(count)) request.resume().on('end', () => response.end('{"items":[]}'));
  });
  server.on('secureConnection', () => made++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authority = Buffer.from(cert).toString('base64');
  const config = {
    clusters: [
      { name: 'c', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': authority } },
    ],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(config));
  connection = new KubeConnection({ path: join(folder, 'config'), context: 'x' }, { kind: 'embedded' });
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

it('what reads after each other goes over one connection', async () => {
  for (let i = 0; i < 4; i++) await connection.json(read);
  expect(came).toHaveLength(4);
  expect(made).toBe(1);
});

it('what changes something has a connection of its own', async () => {
  await connection.json(read);
  await connection.json(change);
  await connection.json(change);
  expect(made).toBe(3);
});

it('what reads is answered though a connection that was left open is closed just then', async () => {
  breaks = (_, count) => count > 1;
  for (let i = 0; i < 3; i++) await connection.json(read);
  // The second one came twice.
  expect(came).toHaveLength(4);
});

it('a connection that breaks at its first request is a failure, and nothing is sent twice', async () => {
  breaks = () => true;
  await expect(connection.json(read)).rejects.toMatchObject({ code: 'unreachable' });
  await expect(connection.json(change)).rejects.toMatchObject({ code: 'unreachable' });
  expect(came).toEqual(['GET', 'POST']);
});

it('what reads is answered though a connection that was left open is one that nobody knows any more', async () => {
  isSilent = (count) => count > 1;
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, ca: cert });
  const options = { agent, ca: cert, signal: AbortSignal.timeout(20_000) };
  const answered = async (): Promise<number | undefined> => {
    const response = await sendOnce(new URL(`https://127.0.0.1:${port}/version`), options, undefined, 100);
    await once(response.resume(), 'end');
    return response.statusCode;
  };
  expect([await answered(), await answered(), await answered()]).toEqual([200, 200, 200]);
  expect(came).toHaveLength(4);
  agent.destroy();
});
