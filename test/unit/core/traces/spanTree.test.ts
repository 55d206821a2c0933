import { describe, expect, it } from 'vitest';
import { spanTree } from '../../../../src/core/traces/spanTree';
import { aSpan, spanId, type ToldSpan } from '../../../support/toldSpan';

const shape = (spans: readonly ToldSpan[]): [number, number, number][] =>
  spanTree(spans).map(({ span, depth, selfMs }) => [Number.parseInt(span.id, 16), depth, selfMs]);

describe('spans as a tree', () => {
  it('stand below what caused them, in the order of time, each with the time that is its own', () => {
    const spans = [
      aSpan(1, 4, { under: 1, startMs: 60, durationMs: 20 }),
      aSpan(1, 1, { startMs: 0, durationMs: 100 }),
      aSpan(1, 3, { under: 2, startMs: 15, durationMs: 5 }),
      aSpan(1, 2, { under: 1, startMs: 10, durationMs: 30 }),
    ];
    expect(shape(spans)).toEqual([
      [1, 0, 50],
      [2, 1, 25],
      [3, 2, 5],
      [4, 1, 20],
    ]);
  });

  it('count the time of children that run together once, and none that is outside of it', () => {
    const spans = [
      aSpan(1, 1, { startMs: 0, durationMs: 100 }),
      aSpan(1, 2, { under: 1, startMs: 10, durationMs: 40 }),
      aSpan(1, 3, { under: 1, startMs: 20, durationMs: 10 }),
      // By another machine's clock, or work that goes on after the answer.
      aSpan(1, 4, { under: 1, startMs: 90, durationMs: 500 }),
    ];
    expect(shape(spans)[0]).toEqual([1, 0, 50]);
  });

  it('are all told, whatever is said of their parents', () => {
    const lost = aSpan(1, 1, { parent: 'ffff' });
    const own = aSpan(1, 2, { parent: spanId(2) });
    const circle = [aSpan(1, 3, { under: 4 }), aSpan(1, 4, { under: 3, startMs: 1 })];
    expect(shape([lost, own, ...circle]).map(([id]) => id)).toEqual([1, 2, 4, 3]);
    const chain = Array.from({ length: 20_000 }, (_, index) => aSpan(1, index + 1, index > 0 ? { under: index } : {}));
    expect(shape(chain).at(-1)).toEqual([20_000, 19_999, 10]);
  });
});
