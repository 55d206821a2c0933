import { expect, it } from 'vitest';
import { metricsJson, metricsTable } from '../../../src/cli/metricsTable';

const requests = { '1xx': 0, '2xx': 90, '3xx': 0, '4xx': 6, '5xx': 4 };
const web = {
  ...{ name: 'web\u001b', requests, p50Ms: 4.23, p95Ms: 1234 },
  ...{ cpuCores: 0.254, memoryBytes: 100.4 * 2 ** 20, restarts: 2 },
};
const worker = {
  ...{ name: 'worker', requests: undefined, p50Ms: undefined, p95Ms: undefined },
  ...{ cpuCores: undefined, memoryBytes: undefined, restarts: 0 },
};
const hour = 3_600_000;
const metrics = {
  ...{ fromMs: 0, toMs: hour, knownMs: 1_190_000, services: [web, worker] },
  marks: [{ at: 1000, kind: 'update', revision: 2 }] as const,
};

it('has a row a service, and says of how much of the time anything is known', () => {
  expect(metricsTable(metrics)).toBe(
    [
      'SERVICE    REQUESTS  4XX  5XX  ERROR RATE  P50     P95    CPU   MEMORY   RESTARTS',
      'web\\u{1b}  100       6    4    4.0 %       4.2 ms  1.2 s  0.25  100 MiB  2',
      'worker     -         -    -    -           -       -      -     -        0',
      'Known of 20 of the last 60 minutes. Installed or updated: 1.',
    ].join('\n'),
  );
  expect(metricsTable({ ...metrics, services: [] })).toBe('Nothing ran in that time, or the cluster did not.');
});

it('is said in JSON with null for what is not known', () => {
  const told = metricsJson({ branch: undefined, path: '/one', namespace: 'worktree-one' }, metrics);
  expect(told).toEqual({
    ...{ branch: null, path: '/one', namespace: 'worktree-one', knownSeconds: 1190 },
    ...{ from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T01:00:00.000Z' },
    services: [
      { ...web, requests: { total: 100, ...requests }, errorRate: 0.04 },
      { ...worker, requests: null, errorRate: null, p50Ms: null, p95Ms: null, cpuCores: null, memoryBytes: null },
    ],
    marks: [{ at: '1970-01-01T00:00:01.000Z', kind: 'update', revision: 2 }],
  });
});
