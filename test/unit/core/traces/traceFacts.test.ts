import { expect, it } from 'vitest';
import { traceFacts } from '../../../../src/core/traces/traceFacts';
import { aSpan, tracesOf, type ToldSpan } from '../../../support/toldSpan';

const factsOf = (spans: readonly ToldSpan[]) => {
  const [trace] = tracesOf(spans);
  return trace && traceFacts(trace, 'worktree-a');
};

it('tells of one environment, what runs in another is counted', () => {
  const browser = aSpan(1, 1, { service: 'browser', namespace: undefined, startMs: 100, durationMs: 50 });
  const other = aSpan(1, 2, { under: 1, namespace: 'worktree-b', startMs: 0, durationMs: 900, isFailed: true });
  const own = aSpan(1, 3, { under: 2, startMs: 110, durationMs: 60 });
  expect(factsOf([other, own, browser])).toMatchObject({
    ...{ startMs: 100, durationMs: 70, elsewhere: 1, failed: undefined },
    ...{ root: { service: 'browser' }, slowest: { span: { id: own.id } } },
  });
  expect(factsOf([other, browser])).toBeUndefined();
});

it('says where it failed first: the innermost', () => {
  const spans = [
    aSpan(1, 1, { isFailed: true }),
    aSpan(1, 2, { under: 1, isFailed: true, message: 'why' }),
    aSpan(1, 3, { under: 2 }),
    aSpan(1, 4, { under: 1, startMs: 1_800_000_000_000, isFailed: true, message: 'later' }),
  ];
  expect(factsOf(spans)?.failed?.message).toBe('why');
});
