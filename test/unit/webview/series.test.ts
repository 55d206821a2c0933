import { describe, expect, it } from 'vitest';
import { amountText, bytesText, chartData, colourOf, shownTime, withPast, withSamples } from '../../../webview/series';
import { aSample } from './environment';

const minute = 60_000;
const two = (at: number) => ({
  at,
  forMs: null,
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

describe('what the cluster kept', () => {
  it('comes before what was heard since, and takes the place of what was heard till then', () => {
    const shown = withPast([aSample(1000), aSample(2000)], [aSample(500), aSample(1500), aSample(2500)]);
    expect(shown.map(({ at }) => at)).toEqual([1000, 2000, 2500]);
    expect(withPast([], [aSample(1)])).toHaveLength(1);
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
    // What a colour means is the same whichever lines there are.
    expect(lines.map(colourOf)).toEqual(['green', 'yellow', 'red']);
  });

  it('of anything else has a line for each service, and shows one alone where that is chosen', () => {
    const labels = (service: string) => chartData('cpu', [two(1000)], '15m', service).lines.map(({ label }) => label);
    expect(labels('')).toEqual(['backend', 'frontend']);
    expect(labels('frontend')).toEqual(['frontend']);
    const errors = chartData('errors', [aSample(1)], '15m', '').lines;
    expect(errors.map(({ label, values }) => [label, ...values])).toEqual([
      ['backend 5xx', 0.5],
      ['backend 4xx', 1],
    ]);
    expect(chartData('latency', [aSample(1)], '15m', '').lines.map(({ label }) => label)).toEqual([
      'backend p50',
      'backend p95',
    ]);
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

  it('ends its lines where nothing is known, and goes on over samples that follow one another', () => {
    const followed = (at: number, forMs: number | null) => ({ ...aSample(at), forMs });
    const [second, hour] = [1000, 60 * minute];
    const all = [followed(hour, 60_000), followed(hour + minute, 60_000), followed(hour + 3 * minute, 60_000)];
    const heard = [followed(hour + 3 * minute + 5 * second, null), followed(hour + 5 * minute, null)];
    const { times, lines } = chartData('cpu', [...all, ...heard], '1h', '');
    expect(times.map((time) => Math.round((time - 3600) * 1000) / 1000)).toEqual([
      0, 60, 60.001, 180, 185, 185.001, 300,
    ]);
    expect(lines[0]?.values).toEqual([0.25, 0.25, null, 0.25, 0.25, null, 0.25]);
  });

  it('goes over the range that was chosen, whatever is known of it', () => {
    const long = [aSample(0), aSample(30 * minute)];
    expect(shownTime(long, '5m')).toEqual([25 * minute, 30 * minute]);
    expect(shownTime(long, '1h')).toEqual([-30 * minute, 30 * minute]);
    expect(shownTime(long, '6h')).toEqual([-330 * minute, 30 * minute]);
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
    expect(bytesText(64 * 1024 * 1024)).toBe('64 MiB');
    expect(bytesText(0)).toBe('0 B');
  });
});
