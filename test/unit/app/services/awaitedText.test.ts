import { expect, it } from 'vitest';
import { awaitedText } from '../../../../src/app/services/awaitedText';

const nothing = { unready: [], unsteady: [], steadyMs: 0 };

it.each([
  [nothing, ''],
  [{ ...nothing, unready: ['backend'] }, 'backend is not ready yet'],
  [{ ...nothing, unready: ['frontend', 'backend'] }, 'frontend and backend are not ready yet'],
  [{ ...nothing, unready: ['a', 'b', 'c', 'd'] }, 'a, b, c and d are not ready yet'],
  [{ ...nothing, unready: ['a', 'b', 'c', 'd', 'e'] }, 'a, b, c and 2 more are not ready yet'],
  [{ ...nothing, unsteady: ['worker'], steadyMs: 5000 }, 'worker has no port to ask at, and must run for 5 s'],
  [
    { unready: ['backend'], unsteady: ['mailer', 'worker'], steadyMs: 2500 },
    'backend is not ready yet; mailer and worker have no port to ask at, and must run for 2.5 s',
  ],
])('%j', (awaited, text) => {
  expect(awaitedText(awaited)).toBe(text);
});
