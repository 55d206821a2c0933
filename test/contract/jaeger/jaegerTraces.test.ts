import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { JaegerTraces } from '../../../src/adapters/jaeger/jaegerTraces';
import { FakeTraces } from '../../support/fakes/fakeTraces';
import { startJaegerPages } from '../../support/standIns/jaegerPages';
import { tracesContract } from './tracesContract';

const servers: Server[] = [];
const closeAll = (): void => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
};

describe('traces', () => {
  afterAll(closeAll);
  tracesContract('in memory', async (spans) => new FakeTraces(spans));
  tracesContract('of Jaeger, below a path', async (spans) => {
    const pages = await startJaegerPages(spans, '/jaeger');
    servers.push(pages);
    return new JaegerTraces(`${pages.url}/`);
  });
});

describe('a Jaeger that does not answer as one', () => {
  afterEach(closeAll);
  const { signal } = new AbortController();
  const serve = async (status: number | undefined, body = ''): Promise<string> => {
    const server = createServer((_, response) => {
      if (status !== undefined) response.writeHead(status).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it.each([
    [200, '<html>', 'failed', /Something other than Jaeger answers at http:\/\/127\.0\.0\.1:\d+ \(200\)/],
    [404, 'page not found', 'failed', /Something other than Jaeger/],
    [401, '', 'denied', /wants a login/],
    [
      500,
      '{"data":null,"errors":[{"code":500,"msg":"badger is full"}]}',
      'failed',
      /refuses the question: badger is full/,
    ],
    [undefined, '', 'timeout', /has not answered within 0\.2 s/],
  ])('says so: %s %s', async (status, body, code, message) => {
    const traces = new JaegerTraces(await serve(status, body), status === undefined ? 200 : 60_000);
    await expect(traces.services(signal)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('is told from one that is away, by an address without its password', async () => {
    const address = (await serve(200)).replace('http://', 'http://me:secret@');
    closeAll();
    const failure = await new JaegerTraces(address).services(signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unreachable' });
    expect(String(failure)).not.toContain('secret');
    for (const wrong of ['jaeger:16686', 'nothing', 'file:///etc'])
      await expect(new JaegerTraces(wrong).services(signal)).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it('ends with whoever asks', async () => {
    const controller = new AbortController();
    const asked = new JaegerTraces(await serve(undefined)).services(controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
