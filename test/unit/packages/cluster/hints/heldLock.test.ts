import { expect, it } from 'vitest';
import { awaitedLocks, heldLock } from '../../../../../packages/cluster/src/hints/heldLock';

it('who waits for a lock is told with who holds it', () => {
  const table = [
    '1: FLOCK  ADVISORY  WRITE 13623 fe:00:10084818 0 EOF',
    '1: -> FLOCK  ADVISORY  WRITE 18575 fe:00:10084818 0 EOF',
    '2: OFDLCK ADVISORY  READ -1 00:06:3 0 EOF',
    '3: POSIX  ADVISORY  WRITE 7 00:1a:42 0 EOF',
    '3:  -> POSIX  ADVISORY  READ 8 00:1a:42 128 128',
    '4: LEASE  ACTIVE    READ 9 00:1a:43 0 EOF',
    '',
  ].join('\n');
  expect(awaitedLocks(table)).toEqual([
    { waits: 18575, holds: 13623, inode: '10084818' },
    { waits: 8, holds: 7, inode: '42' },
  ]);
  expect(awaitedLocks('')).toEqual([]);
});

it.runIf(process.platform === 'linux')('a lock that one of its own processes holds is none of others', async () => {
  const table = async () =>
    '1: FLOCK  ADVISORY  WRITE 999901 fe:00:42 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 999902 fe:00:42 0 EOF\n';
  expect(await heldLock([999902], table)).toBe('it waits for the lock on a file, which process 999901 holds');
  expect(await heldLock([999901, 999902], table)).toBeUndefined();
});
