import { expect, it } from 'vitest';
import type { KubeConnection } from '../../../../../src/adapters/kubernetes/connection/kubeConnection';
import type {
  GatewayCounters,
  GatewayRequests,
} from '../../../../../src/adapters/kubernetes/telemetry/gatewayRequests';
import { followLoads } from '../../../../../src/adapters/kubernetes/telemetry/loadFeed';
import type { ClusterLoads } from '../../../../../src/core/ports/telemetry';

const timing = { intervalMs: 1, firstWindowMs: 0, historyMs: 0 };
const ofService = (count: number, slow: number) => ({
  byClass: { '1xx': 0, '2xx': count, '3xx': 0, '4xx': 0, '5xx': 0 },
  buckets: [
    { bound: 0.1, count: count - slow },
    { bound: Infinity, count },
  ],
});

/** Hears so many rounds of what these readings of the gateway come to. */
async function heard(readings: readonly GatewayCounters[], rounds: number): Promise<ClusterLoads[]> {
  const told: ClusterLoads[] = [];
  const end = new AbortController();
  const left = [...readings];
  const gateway = { read: async () => left.shift() ?? readings.at(-1) } as unknown as GatewayRequests;
  const pods = [
    { metadata: { namespace: 'one', name: 'web-1' }, containers: [{ usage: { cpu: '250m', memory: '3Mi' } }] },
    { metadata: { namespace: 'one', name: 'web-2' }, containers: [{ usage: { cpu: '1', memory: '1Mi' } }] },
    { metadata: { namespace: 'two', name: 'web-1' }, containers: [{ usage: { cpu: '0', memory: '1Mi' } }] },
  ];
  const connection = { json: async () => ({ items: pods }) } as unknown as KubeConnection;
  const onLoads = (loads: ClusterLoads): void => {
    told.push(loads);
    if (told.length === rounds) end.abort();
  };
  await followLoads(connection, gateway, timing, { onLoads }, end.signal);
  return told;
}
const reading = (seconds: number, web: number, api: number, slow = 0): GatewayCounters => ({
  at: seconds * 1000,
  services: new Map([
    [
      'one',
      new Map([
        ['web', ofService(web, 0)],
        ['api', ofService(api, slow)],
      ]),
    ],
  ]),
});

it('tells of each namespace its pods and its services, and of these together', async () => {
  const [first] = await heard([reading(0, 0, 0), reading(10, 30, 70, 50)], 1);
  const one = first?.environments.get('one');
  expect([...(one?.pods ?? [])]).toEqual([
    ['web-1', { cpuCores: 0.25, memoryBytes: 3 * 2 ** 20 }],
    ['web-2', { cpuCores: 1, memoryBytes: 2 ** 20 }],
  ]);
  expect(one?.requests.get('web')?.perSecond['2xx']).toBe(3);
  expect(one?.total?.perSecond['2xx']).toBe(10);
  // Of all requests half were slow, of those to `web` none.
  expect(one?.total?.p95Ms).toBe(100);
  expect(one?.requests.get('web')?.p95Ms).toBeCloseTo(95);
  expect(first?.environments.get('two')).toMatchObject({ total: undefined });
  expect(first?.missing).toEqual({});
});

it('tells the mean of the last minute, and of less before it has seen one', async () => {
  const readings = [0, 10, 20, 30, 40, 50, 60, 70, 80].map((at) => reading(at, at <= 20 ? at * 6 : 120, 0));
  const told = await heard(readings, 8);
  const rates = told.map(({ environments }) => environments.get('one')?.total?.perSecond['2xx']);
  // 120 requests in the first twenty seconds, and none since.
  expect(rates).toEqual([6, 6, 4, 3, 2.4, 2, 1, 0]);
});
