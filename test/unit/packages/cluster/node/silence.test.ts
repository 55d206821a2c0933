import { describe, expect, it } from 'vitest';
import { silenceReason, strayPort, type SilentProcess } from '../../../../../packages/cluster/src/node/silence';

const at = (port: number, address = '127.0.0.1') => ({ address, port });
const crashed = [
  'node:internal/modules/cjs/loader:1386',
  '  throw err;',
  '  ^',
  '',
  "Error: Cannot find module './gone'",
  '    at Module._resolveFilename (node:internal/modules/cjs/loader:1383:15)',
  '',
  'Node.js v24.11.1',
  "Failed running 'server.js'. Waiting for file changes before restarting...",
];

describe('why nothing answers', () => {
  it.each<[string, Partial<SilentProcess>, string]>([
    ['listens elsewhere', { listeners: [at(5173)] }, 'listens on 5173, not on its PORT 29161'],
    ['listens twice elsewhere', { listeners: [at(1, '*'), at(2), at(1)] }, 'listens on 1 and 2, not on its PORT 29161'],
    ['was told no port', { listeners: [at(5173)], isTold: false, port: 80 }, 'listens on 5173, not on its port 80'],
    ['listens for metrics only', { listeners: [at(9123)], others: [9123] }, 'nothing listens on its PORT 29161'],
    [
      'listens for a debugger only',
      { listeners: [at(39_229)], debuggers: [39_229] },
      'nothing listens on its PORT 29161',
    ],
    ['has just begun', {}, 'nothing listens on its PORT 29161'],
    ['says where it is', { lines: ['compiling…'] }, 'nothing listens on its PORT 29161; its log says: compiling…'],
    [
      'waits for what somebody else has',
      { hint: 'it waits for the lock on /x, which process 7 holds', lines: ['opening'] },
      'nothing listens on its PORT 29161; it waits for the lock on /x, which process 7 holds; its log says: opening',
    ],
    [
      'listens at one address',
      { listeners: [at(29161, '192.168.1.7')] },
      'listens on its PORT 29161 at 192.168.1.7 only, not at localhost',
    ],
    [
      'is a watcher whose program crashed',
      { lines: crashed },
      "nothing listens on its PORT 29161; its log says: Error: Cannot find module './gone'",
    ],
    [
      'is a watcher with a debugger, whose program crashed',
      {
        lines: [...crashed.slice(0, -1), '[nodemon] app crashed - waiting for file changes before starting...'],
        listeners: [at(9229)],
      },
      "nothing listens on its PORT 29161; its log says: Error: Cannot find module './gone'",
    ],
  ])('it %s', (_, change, reason) => {
    const process = { port: 29161, isTold: true, others: [], debuggers: [], listeners: [], lines: [], ...change };
    expect(silenceReason(process)).toBe(reason);
  });
});

describe('where a program listens in place of its PORT', () => {
  const found = (change: Partial<SilentProcess>) =>
    strayPort({ port: 29161, isTold: true, others: [], debuggers: [], listeners: [], lines: [], ...change });

  it.each<[string, Partial<SilentProcess>]>([
    ['listens there', { listeners: [at(5173)] }],
    ['listens there at both addresses', { listeners: [at(5173), at(5173, '::1')] }],
    ['listens for metrics and a debugger besides', { listeners: [at(9123), at(9229), at(5173)], others: [9123] }],
  ])('is known of one that %s', (_, change) => {
    expect(found(change)).toBe(5173);
  });

  it.each<[string, Partial<SilentProcess>]>([
    ['listens nowhere', {}],
    ['listens at two', { listeners: [at(5173), at(24_678)] }],
    ['listens at its PORT too', { listeners: [at(29161), at(5173)] }],
    ['was told no port', { listeners: [at(5173)], isTold: false }],
    ...[9229, 9230, 9239, 5005, 5678].map((port): [string, Partial<SilentProcess>] => [
      `has only its debugger yet, at ${port}`,
      { listeners: [at(port)] },
    ]),
    ['has only the debugger yet that it named', { listeners: [at(39_229)], debuggers: [39_229] }],
    ['listens where nobody at localhost comes', { listeners: [at(5173, '192.168.1.7')] }],
    ['has crashed behind its watcher', { listeners: [at(5173)], lines: crashed }],
  ])('is not of one that %s', (_, change) => {
    expect(found(change)).toBeUndefined();
  });
});
