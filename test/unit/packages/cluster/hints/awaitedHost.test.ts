import { expect, it } from 'vitest';
import { awaitedHost, isKnown } from '../../../../../packages/cluster/src/hints/awaitedHost';

const nobody = async () => false;

it.each([
  ['wait-for: waiting for redis:6379 without a timeout', 'redis'],
  ['wait-for-it.sh: waiting 15 seconds for db:5432', 'db'],
  ['12:30:01 Waiting for tcp://queue.internal:5672 ...', 'queue.internal'],
])('the host that a program waits for is told where nobody knows it: %s', async (line, host) => {
  expect(await awaitedHost(['starting', line, ''], nobody)).toBe(`nobody here knows the host ${host}`);
  expect(await awaitedHost([line], async () => true)).toBeUndefined();
});

it('an address with a scheme, a user and quotes is one', async () => {
  const line = 'Waiting for postgres at "postgres://me:secret@db:5432" ...';
  expect(await awaitedHost([line], nobody)).toBe('nobody here knows the host db');
});

it('one host is asked for at a time: what does not answer holds a thread', async () => {
  let asked = 0;
  let answer = () => {};
  const ask = () => {
    asked++;
    return new Promise<void>((_, reject) => {
      answer = () => reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    });
  };
  const first = isKnown('db', ask);
  expect(await isKnown('queue', ask)).toBe(true);
  expect(asked).toBe(1);
  answer();
  expect(await first).toBe(false);
  expect(await isKnown('db', async () => undefined)).toBe(true);
});

it.each([
  'waiting for localhost:5432',
  'waiting for 127.0.0.1:5432',
  'waiting for file changes',
  'redis:6379 is up',
  'waiting for the leader, timeout:3000',
  'wait: retries:10',
  'waiting for port:3000',
  'waiting for job:1234',
  'Waiting for work (worker.py:88)',
  'still waiting at worker.py:88',
  'Waiting for connections on shop.test:3000',
  '',
])('there is none in: %s', async (line) => {
  expect(await awaitedHost([line], nobody)).toBeUndefined();
});

it('is read in time that grows with its length', async () => {
  const started = performance.now();
  for (const part of ['wait ', 'wait for a:', 'a.', 'a:1 wait ']) await awaitedHost([part.repeat(100_000)], nobody);
  expect(performance.now() - started).toBeLessThan(1000);
});
