import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestsBetween } from '../../../../../src/adapters/kubernetes/telemetry/gatewayRequests';
import { parseMetrics } from '../../../../../src/adapters/kubernetes/telemetry/metricsText';
import { parseQuantity } from '../../../../../packages/host/src/parseQuantity';
import { PrometheusText } from '../../../../../packages/cluster/src/metrics/prometheusText';

it('reads amounts as Kubernetes writes them', () => {
  const amounts = { '250m': 0.25, '123456789n': 0.123456789, '5u': 5e-6, '2': 2, '1.5Gi': 1.5 * 2 ** 30 };
  for (const [text, value] of Object.entries({
    ...amounts,
    '128974848': 128974848,
    '129e6': 129e6,
    '64Ki': 65536,
    '1k': 1000,
  }))
    expect(parseQuantity(text)).toBeCloseTo(value, 9);
  for (const text of ['', 'x', '1KiB', '1 Gi', 'Gi']) expect(parseQuantity(text)).toBeUndefined();
});

it('reads the metrics that it is asked for, and no others', () => {
  const text =
    '# HELP a x\n# TYPE a counter\na{x="1",y="a,b}"} 3 1700000000\na 4\nab{x="1"} 5\nb{le="+Inf"} +Inf\nnonsense\n';
  const found = parseMetrics(text, ['a', 'b', 'c']);
  expect(found.get('a')).toEqual([
    { labels: { x: '1', y: 'a,b}' }, value: 3 },
    { labels: {}, value: 4 },
  ]);
  expect(found.get('b')).toEqual([{ labels: { le: '+Inf' }, value: Infinity }]);
  expect(found.get('c')).toEqual([]);
});

it('reads whatever label the embedded cluster writes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, two) => {
      const text = new PrometheusText();
      text.counter('a', 'help', [[{ one, two }, 1]]);
      expect(parseMetrics(String(text), ['a']).get('a')).toEqual([{ labels: { one, two }, value: 1 }]);
    }),
  );
});

const counters = (at: number, ok: number, bad: number, fast: number, slow: number) => ({
  at,
  services: new Map([
    [
      'ns',
      new Map([
        [
          'web',
          {
            byClass: { '1xx': 0, '2xx': ok, '3xx': 0, '4xx': 0, '5xx': bad },
            buckets: [
              { bound: 0.1, count: fast },
              { bound: 1, count: fast + slow },
              { bound: Infinity, count: fast + slow },
            ],
          },
        ],
      ]),
    ],
  ]),
});

it('tells what was asked between two readings', () => {
  const found = requestsBetween(counters(1000, 100, 5, 100, 5), counters(6000, 120, 10, 120, 10), 'ns', 'web');
  expect(found?.perSecond).toEqual({ '1xx': 0, '2xx': 4, '3xx': 0, '4xx': 0, '5xx': 1 });
  expect(found?.p50Ms).toBeCloseTo(62.5);
  expect(found?.p95Ms).toBeCloseTo(775);
  const quiet = requestsBetween(counters(1000, 100, 5, 100, 5), counters(6000, 100, 5, 100, 5), 'ns', 'web');
  expect(quiet).toEqual({
    perSecond: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    p50Ms: undefined,
    p95Ms: undefined,
  });
});

it('takes counters that are lower than before for those of a cluster that was started anew', () => {
  const found = requestsBetween(counters(1000, 100, 5, 100, 5), counters(2000, 3, 0, 3, 0), 'ns', 'web');
  expect(found?.perSecond).toMatchObject({ '2xx': 3, '5xx': 0 });
  expect(found?.p50Ms).toBeCloseTo(50);
});

it('knows nothing of a service that no route leads to', () => {
  expect(requestsBetween(counters(1, 1, 1, 1, 1), counters(2, 2, 2, 2, 2), 'ns', 'worker')).toBeUndefined();
  expect(requestsBetween(counters(1, 1, 1, 1, 1), counters(2, 2, 2, 2, 2), 'other', 'web')).toBeUndefined();
});
