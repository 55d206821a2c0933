import { createServer, get, type IncomingMessage } from 'node:http';
import { createServer as createPlain } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { answerText, readable, speaksTls } from '../../../../../packages/cluster/src/hints/probeAnswer';

it.each([
  ['Blocked request.\n\nThis host is not allowed.', 'Blocked request. This host is not allowed.'],
  ['{"error":"no token"}', '{"error":"no token"}'],
  [
    '<!doctype html><head><title>x</title></head><body><h1>Bad Request (400)</h1><p>no host',
    'Bad Request (400) no host',
  ],
  ['\u0000\u001b \n', undefined],
])('an answer is told in words on one line: %s', (body, text) => {
  expect(readable(body)).toBe(text);
});

it('is told in a few words, however long it is, in time that grows with its length', () => {
  const started = performance.now();
  for (const part of ['x', '<', '<head>', '<style ', '<a<'])
    expect((readable(part.repeat(4096).slice(0, 4096)) ?? '').length).toBeLessThan(210);
  expect(performance.now() - started).toBeLessThan(1000);
});

it('is read as far as it may be text, and no further', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/picture') response.setHeader('content-type', 'image/png');
    response.statusCode = 403;
    // It never ends by itself.
    response.write('no '.repeat(3000));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const ask = async (path: string) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const text = await answerText(response);
    request.destroy();
    return text;
  };
  expect(await ask('/')).toMatch(/^no no /);
  expect(await ask('/picture')).toBeUndefined();
  expect(await speaksTls(port)).toBe(false);
  server.closeAllConnections();
  server.close();
});

it('nobody speaks TLS who says nothing', async () => {
  const silent = createPlain((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  expect(await speaksTls(typeof address === 'object' && address ? address.port : 0)).toBe(false);
  silent.close();
});
