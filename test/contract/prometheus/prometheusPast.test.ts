import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PrometheusPast } from '../../../src/adapters/prometheus/prometheusPast';

const minute = 60_000;
const toMs = 1_800_000_000_000;

interface Line {
  readonly metric: Readonly<Record<string, string>>;
  /** The value at a time, in seconds since the epoch; undefined: there is none. */
  readonly at: (seconds: number) => number | undefined;
}

/** By what a query asks for, what a Prometheus has: it answers as `query_range` does. */
type Known = Readonly<Record<string, readonly Line[]>>;

describe('the past by a Prometheus', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const { signal } = new AbortController();
  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const serve = (known: Known, asked: URLSearchParams[] = []): Promise<string> =>
    listen(
      createServer(({ url = '' }, response) => {
        const { pathname, searchParams } = new URL(url, 'http://prometheus');
        if (pathname !== '/metrics/api/v1/query_range') return response.writeHead(404).end('404 page not found');
        asked.push(searchParams);
        const query = searchParams.get('query') ?? '';
        const lines = Object.entries(known).find(([text]) => query.includes(text))?.[1] ?? [];
        const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(searchParams.get(name)));
        const times: number[] = [];
        for (let time = start ?? 0; time <= (end ?? 0); time += step ?? 1) times.push(time);
        const result = lines.map(({ metric, at }) => ({
          metric,
          values: times.flatMap((time) => (at(time) === undefined ? [] : [[time, String(at(time))]])),
        }));
        return response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
      }),
    ).then((address) => `${address}/metrics/`);

  const known: Known = {
    'sum by (service, code)': [
      { metric: { service: 'api', code: '200' }, at: () => 3 },
      { metric: { service: 'api', code: '204' }, at: () => 1 },
      { metric: { service: 'api', code: '503' }, at: () => 0.5 },
      { metric: { service: 'api' }, at: () => 7 },
    ],
    'histogram_quantile(0.5,': [{ metric: { service: 'api' }, at: () => 0.02 }],
    'histogram_quantile(0.95,': [{ metric: { service: 'api' }, at: () => Number.NaN }],
    'rate(container_cpu': [{ metric: { container: 'worker' }, at: () => 0.25 }],
    max_over_time: [
      { metric: { container: 'worker' }, at: () => 1_000_000 },
      { metric: { container: 'POD' }, at: () => 1 },
      { metric: {}, at: () => 2 },
    ],
  };

  it('is a sample a step, with what each service was asked and has used', async () => {
    const asked: URLSearchParams[] = [];
    const past = new PrometheusPast(await serve(known, asked));
    const found = await past.past('worktree-a', { fromMs: toMs - 10 * minute, toMs, stepMs: minute }, signal);
    expect(found?.samples.map(({ at, forMs }) => [toMs - at, forMs])).toEqual(
      Array.from({ length: 10 }, (_, index) => [(9 - index) * minute, minute]),
    );
    expect(found?.samples[0]?.services).toEqual([
      {
        ...{ name: 'api', cpuCores: undefined, memoryBytes: undefined, restarts: 0 },
        requests: { perSecond: { '1xx': 0, '2xx': 4, '3xx': 0, '4xx': 0, '5xx': 0.5 }, p50Ms: 20, p95Ms: undefined },
      },
      { name: 'worker', cpuCores: 0.25, memoryBytes: 1_000_000, restarts: 0, requests: undefined },
    ]);
    for (const parameters of asked) expect(parameters.get('query')).toContain('namespace="worktree-a"');
    // A rate needs two readings.
    expect(
      asked.every(
        (parameters) => !/\[\d+s\]/.test(parameters.get('query') ?? '') || parameters.get('query')?.includes('[120s]'),
      ),
    ).toBe(true);
  });

  it('is of the time through which something ran, and says when containers were started again', async () => {
    const begin = toMs / 1000 - 20 * 60;
    const again = begin + 5 * 60;
    const starts: Line[] = [
      {
        metric: { pod: 'worker-1', container: 'worker' },
        at: (time) => (time < begin ? undefined : time < again ? begin : again),
      },
      { metric: { pod: 'api-1', container: 'api' }, at: (time) => (time < begin ? undefined : begin) },
    ];
    const past = new PrometheusPast(await serve({ ...known, 'max by (pod, container)': starts }));
    const found = await past.past('worktree-a', { fromMs: toMs - 60 * minute, toMs, stepMs: 60 * minute }, signal);
    expect(found?.marks).toEqual([{ at: again * 1000, kind: 'restart', service: 'worker', count: 1 }]);
    const [sample] = found?.samples ?? [];
    // Twenty minutes of sixty, within one look.
    expect(sample?.forMs).toBeGreaterThan(19 * minute);
    expect(sample?.forMs).toBeLessThan(21 * minute);
    const seconds = (sample?.forMs ?? 0) / 1000;
    expect((sample?.services[0]?.requests?.perSecond['2xx'] ?? 0) * seconds).toBeCloseTo(4 * 3600);
  });

  it('is empty where it knows of no such environment', async () => {
    const past = new PrometheusPast(await serve({}));
    const range = { fromMs: toMs - minute, toMs, stepMs: minute };
    expect(await past.past('worktree-a', range, signal)).toEqual({ samples: [], marks: [] });
    await expect(past.past('no name', range, signal)).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it.each([
    [
      400,
      '{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution"}',
      'failed',
      /Prometheus at http:.* refuses the question: exceeded maximum resolution/,
    ],
    [
      200,
      '{"status":"success","data":{"resultType":"vector","result":[]}}',
      'failed',
      /Something other than Prometheus/,
    ],
    [200, '<html>', 'failed', /is prometheus\.url the address of its pages\?/],
    [401, '', 'denied', /Prometheus at .* wants a login/],
    [undefined, '', 'timeout', /has not answered within 0\.2 s/],
  ])('says what is wrong: %s %s', async (status, body, code, message) => {
    const address = await listen(
      createServer((_, response) => {
        if (status !== undefined) response.writeHead(status).end(body);
      }),
    );
    const past = new PrometheusPast(address, status === undefined ? 200 : 60_000);
    await expect(past.past('worktree-a', { fromMs: 0, toMs: minute, stepMs: minute }, signal)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });
});
