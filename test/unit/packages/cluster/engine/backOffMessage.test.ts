import { expect, it } from 'vitest';
import { withGoDuration } from '../../../../../packages/cluster/src/engine/patchKubelet';

it.each([
  [10_000, '10s'],
  [40_000, '40s'],
  [80_000, '1m20s'],
  [300_000, '5m0s'],
])('writes %i ms as Kubernetes does: %s', (ms, expected) => {
  expect(withGoDuration(`back-off ${ms}ms restarting failed container=c pod=p`)).toBe(
    `back-off ${expected} restarting failed container=c pod=p`,
  );
});
