import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sweepNowAndThen } from '../../../../src/ui/window/trashSweeps';
import { someDependencies } from '../context';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('sweeps now and then, while somebody looks at the window, until it is closed', () => {
  const swept: string[] = [];
  const { dependencies } = someDependencies({
    environments: { sweepTrash: async ({ folder }) => void swept.push(folder) },
  });
  let isWatched = true;
  const sweeps = sweepNowAndThen(dependencies, () => isWatched);
  expect(swept).toEqual([]);
  vi.advanceTimersByTime(31 * 60_000);
  expect(swept).toEqual(['/repo']);
  isWatched = false;
  vi.advanceTimersByTime(31 * 60_000);
  expect(swept).toHaveLength(1);
  isWatched = true;
  sweeps.dispose();
  vi.advanceTimersByTime(120 * 60_000);
  expect(swept).toHaveLength(1);
});
