import { describe, expect, it } from 'vitest';
import { amountText, bytesText, chartData, shownTime, withSamples } from '../../../webview/series';
import { aSample } from './environment';

const minute = 60_000;
const two = (at: number) => ({
  at,
  services: [...aSample(at).services, ...aSample(at, { name: 'frontend' }).services],
});

describe('samples', () => {
  it('are kept once each, in order, as long as the page shows that far back', () => {
    const first = withSamples([], [aSample(1000), aSample(2000)]);
    const again = withSamples(first, [aSample(1000), aSample(2000), aSample(3000)]);
    expect(again.map(({ at }) => at)).toEqual([1000, 2000, 3000]);
    expect(withSamples(again, [aSample(2500)])).toBe(again);
    const later = withSamples(again, [aSample(61 * minute)]);
    expect(later.map(({ at }) => at)).toEqual([61 * minute]);
  });
});

describe('a chart', () => {
  it('of requests has a line for each status that there was, summed over the services', () => {
    const { times, lines } = chartData('requests', [two(1000), two(6000)], '15m', '');
    expect(times).toEqual([1, 6]);
    expect(lines.map(({ label, values }) => [label, ...values])).toEqual([
      ['2xx', 4, 4],
      ['4xx', 2, 2],
      ['5xx', 1, 1],
    ]);
  });

  it('of anything else has a line for each service, and shows one alone where that is chosen', () => {
    const labels = (service: string) => chartData('cpu', [two(1000)], '15m', service).lines.map(({ label }) => label);
    expect(labels('')).toEqual(['backend', 'frontend']);
    expect(labels('frontend')).toEqual(['frontend']);
    expect(chartData('latency', [aSample(1)], '15m', '').lines.map(({ label }) => label)).toEqual([
      'backend p50',
      'backend p95',
    ]);
    expect(chartData('errors', [aSample(1)], '15m', '').lines[0]?.values).toEqual([0.5]);
    expect(chartData('restarts', [aSample(1)], '15m', '').lines[0]?.values).toEqual([1]);
  });

  it('has a gap where a service was not there, and no line for what is never known', () => {
    const { lines } = chartData('memory', [aSample(1000), two(6000)], '15m', '');
    expect(lines.map(({ values }) => values)).toEqual([
      [64 * 1024 * 1024, 64 * 1024 * 1024],
      [null, 64 * 1024 * 1024],
    ]);
    const unknown = aSample(1, { cpuCores: null, requests: null });
    for (const name of ['cpu', 'requests', 'errors', 'latency'] as const)
      expect(chartData(name, [unknown], '15m', '').lines).toEqual([]);
  });

  it('goes over the range that was chosen, or over what is known while that is less', () => {
    const long = [aSample(0), aSample(30 * minute)];
    expect(shownTime(long, '5m')).toEqual([25 * minute, 30 * minute]);
    expect(shownTime(long, '1h')).toEqual([0, 30 * minute]);
    expect(shownTime([aSample(10 * minute)], '15m')).toEqual([9 * minute, 10 * minute]);
    expect(chartData('cpu', long, '5m', '').times).toEqual([1800]);
  });
});

describe('amounts', () => {
  it('are told as a person reads them', () => {
    expect(amountText('requests', 2.5)).toBe('2.5/s');
    expect(amountText('requests', 0)).toBe('0/s');
    expect(amountText('latency', 12.34)).toBe('12.3 ms');
    expect(amountText('latency', 2500)).toBe('2.5 s');
    expect(amountText('cpu', 0.25)).toBe('25 %');
    expect(amountText('restarts', 100)).toBe('100');
    expect(bytesText(64 * 1024 * 1024)).toBe('64 MB');
    expect(bytesText(0)).toBe('0 B');
  });
});
