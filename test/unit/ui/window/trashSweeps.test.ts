import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sweepAndCollect, sweepNowAndThen } from '../../../../src/ui/window/trashSweeps';
import { editor } from '../../../support/vscodeStub';
import { someDependencies } from '../context';

beforeEach(() => {
  vi.useFakeTimers();
  editor.reset();
});
afterEach(() => vi.useRealTimers());

it('sweeps now and then, while somebody looks at the window, until it is closed', () => {
  const swept: string[] = [];
  const { dependencies } = someDependencies({
    environments: { sweepTrash: async ({ folder }) => void swept.push(folder) },
  });
  let isWatched = true;
  const sweeps = sweepNowAndThen(
    dependencies,
    () => isWatched,
    () => ['/repo'],
  );
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

it('has worktrees that are kept ready follow their branch after that, while somebody looks at the window', async () => {
  const done: string[] = [];
  const { dependencies } = someDependencies({
    environments: { sweepTrash: async () => void done.push('swept') },
    pool: { refill: async (folder) => void done.push(`filled ${folder}`) },
  });
  let isWatched = true;
  const sweeps = sweepNowAndThen(
    dependencies,
    () => isWatched,
    () => [],
  );
  await vi.advanceTimersByTimeAsync(31 * 60_000);
  expect(done).toEqual(['swept', 'filled /repo']);
  isWatched = false;
  await vi.advanceTimersByTimeAsync(31 * 60_000);
  expect(done).toHaveLength(2);
  sweeps.dispose();
});

it('looks for what nobody uses after that, where a person has switched it on', async () => {
  const done: unknown[] = [];
  const { dependencies } = someDependencies({
    environments: { sweepTrash: async () => void done.push('swept') },
    cleanup: {
      collect: async (request) => {
        done.push(request);
        return { given: [], taken: [] };
      },
    },
  });
  await sweepAndCollect(dependencies, '/repo', ['/repo.worktrees/feature']);
  expect(done).toEqual(['swept']);
  editor.settings.set('coppice.clean.automatic', 'environments');
  await sweepAndCollect(dependencies, '/repo', ['/repo.worktrees/feature']);
  expect(done.slice(1)).toEqual(['swept', { folder: '/repo', here: ['/repo.worktrees/feature'] }]);
});
