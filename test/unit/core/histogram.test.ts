import { describe, expect, it } from 'vitest';
import { histogramQuantile } from '../../../src/core/histogram';

const buckets = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([bound, count]) => ({ bound, count }));

describe('a quantile of a histogram', () => {
  it('lies within the bucket that holds its rank, in proportion', () => {
    const even = buckets([0.1, 10], [0.5, 20], [Infinity, 20]);
    expect(histogramQuantile(0.5, even)).toBeCloseTo(0.1);
    expect(histogramQuantile(0.75, even)).toBeCloseTo(0.3);
    expect(histogramQuantile(0.25, even)).toBeCloseTo(0.05);
    expect(histogramQuantile(1, even)).toBeCloseTo(0.5);
  });

  it('is the highest bound that is known where more was not measured', () => {
    expect(histogramQuantile(0.95, buckets([1, 1], [10, 2], [Infinity, 100]))).toBe(10);
  });

  it('is unknown without anything measured', () => {
    expect(histogramQuantile(0.5, [])).toBeUndefined();
    expect(histogramQuantile(0.5, buckets([1, 0], [Infinity, 0]))).toBeUndefined();
  });

  it('passes over empty buckets', () => {
    expect(histogramQuantile(0.5, buckets([1, 0], [2, 0], [4, 8], [Infinity, 8]))).toBe(3);
    expect(histogramQuantile(0, buckets([1, 0], [2, 8], [Infinity, 8]))).toBe(1);
  });
});
