import { expect, it } from 'vitest';
import { awaitedHost } from '../../../../../packages/cluster/src/hints/awaitedHost';

const nobody = async () => false;

it.each([
  ['wait-for: waiting for redis:6379 without a timeout', 'redis'],
  ['wait-for-it.sh: waiting 15 seconds for db:5432', 'db'],
  ['12:30:01 Waiting for tcp://queue.internal:5672 ...', 'queue.internal'],
])('the host that a program waits for is told where nobody knows it: %s', async (line, host) => {
  expect(await awaitedHost(['starting', line, ''], nobody)).toBe(`nobody here knows the host ${host}`);
  expect(await awaitedHost([line], async () => true)).toBeUndefined();
});

it.each([
  'waiting for localhost:5432',
  'waiting for 127.0.0.1:5432',
  'waiting for file changes',
  'redis:6379 is up',
  '',
])('there is none in: %s', async (line) => {
  expect(await awaitedHost([line], nobody)).toBeUndefined();
});

it('is read in time that grows with its length', async () => {
  const started = performance.now();
  for (const part of ['wait ', 'wait for a:', 'a.', 'a:1 wait ']) await awaitedHost([part.repeat(100_000)], nobody);
  expect(performance.now() - started).toBeLessThan(1000);
});
