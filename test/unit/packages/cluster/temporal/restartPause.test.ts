import { expect, test } from 'vitest';
import { RestartPause } from '../../../../../packages/cluster/src/temporal/restartPause';

test('what ends by itself is left alone longer each time, a minute at most, and after a long life a second again', () => {
  const pause = new RestartPause();
  expect([0, 10, 0, 0, 0, 0, 0, 0].map((lived) => pause.after(lived))).toEqual(
    [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000),
  );
  expect(pause.after(120_000)).toBe(1000);
  expect(pause.after(0)).toBe(2000);
});
