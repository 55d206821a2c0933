import { expect, it } from 'vitest';
import { latencyBounds, RequestCounts } from '../../../../../packages/cluster/src/gateway/requestCounts';

const web = { namespace: 'ns', service: 'web' };

it('puts each duration into the first bucket whose bound it does not exceed', () => {
  const counts = new RequestCounts();
  for (const seconds of [0, 0.005, 0.006, 10, 11]) counts.add(web, 'GET', 200, seconds);
  const [only] = counts.all();
  expect(only?.latency.buckets).toEqual([2, 1, ...new Array<number>(latencyBounds.length - 3).fill(0), 1, 1]);
  expect(only?.latency).toMatchObject({ count: 5, seconds: 21.011 });
});

it('counts what has no end of its own without a duration', () => {
  const counts = new RequestCounts();
  counts.add(web, 'GET', 101, undefined);
  const closed = counts.openWebSocket(web);
  expect(counts.all()).toMatchObject([
    { requests: [{ method: 'GET', code: '101', count: 1 }], latency: { count: 0 }, openWebSockets: 1 },
  ]);
  closed();
  expect(counts.all()[0]?.openWebSockets).toBe(0);
});

it('stays small whatever methods and codes clients and services make up', () => {
  const counts = new RequestCounts();
  for (let status = 100; status < 1000; status++) {
    for (const method of ['GET', 'BREW', `X${status}`, undefined]) counts.add(web, method, status, 0.1);
  }
  const [only] = counts.all();
  expect(only?.requests.length).toBeLessThan(160);
  expect(only?.requests.reduce((sum, { count }) => sum + count, 0)).toBe(3600);
  expect(only?.requests.find(({ code, method }) => code === '5xx' && method === 'OTHER')).toBeDefined();
});

it('forgets a service or a namespace, and no other', () => {
  const counts = new RequestCounts();
  for (const subject of [web, { ...web, service: 'api' }, { ...web, namespace: 'other' }])
    counts.add(subject, 'GET', 200, 1);
  counts.forget('ns', 'web');
  expect(counts.all().map(({ namespace, service }) => `${namespace}/${service}`)).toEqual(['ns/api', 'other/web']);
  counts.forget('ns');
  expect(counts.all().map(({ namespace }) => namespace)).toEqual(['other']);
});
