import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EditWatch } from '../../../../src/ui/window/editWatch';
import { editor } from '../../../support/vscodeStub';

let watch: EditWatch;
let readings: number;
let isWatched: boolean;
/** How long a reading takes. Milliseconds. */
let takes: number;

beforeEach(() => {
  vi.useFakeTimers();
  editor.reset();
  readings = 0;
  isWatched = true;
  takes = 0;
  watch = new EditWatch({
    read: async () => {
      readings++;
      if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
    },
    isWatched: () => isWatched,
  });
});

afterEach(() => {
  watch.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('after an edit', () => {
  it('the worktrees are read within a second, a burst at once', async () => {
    for (const name of ['a', 'b', 'c']) editor.edit(`/repo/${name}`);
    await vi.advanceTimersByTimeAsync(1000);
    expect(readings).toBe(1);
    editor.edit('/repo/a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(readings).toBe(2);
  });

  it('what comes during a reading is read after it', async () => {
    takes = 200;
    editor.edit('/repo/a');
    await vi.advanceTimersByTimeAsync(400);
    editor.edit('/repo/b');
    await vi.advanceTimersByTimeAsync(2000);
    expect(readings).toBe(2);
  });

  it("git's own files are left to git's watch", async () => {
    editor.edit('/repo/.git/index');
    editor.edit('/repo.worktrees/x/.git');
    await vi.advanceTimersByTimeAsync(5000);
    expect(readings).toBe(0);
    editor.edit('/repo/.gitignore');
    await vi.advanceTimersByTimeAsync(1000);
    expect(readings).toBe(1);
  });

  it('nothing is read while nobody may see it', async () => {
    isWatched = false;
    editor.edit('/repo/a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readings).toBe(0);
  });

  it('a slow repository is read for a fifth of the time at most', async () => {
    takes = 1000;
    for (let second = 0; second < 60; second++) {
      editor.edit('/repo/a');
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(readings).toBeGreaterThan(5);
    expect(readings).toBeLessThanOrEqual(12);
  });
});

describe('other worktrees', () => {
  it('are read when the window gets the focus, and every ten seconds as long as it has it', async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readings).toBe(0);
    editor.focus(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(readings).toBe(1);
    await vi.advanceTimersByTimeAsync(30_500);
    expect(readings).toBe(4);
    editor.focus(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readings).toBe(4);
  });

  it('are read more rarely where it takes long', async () => {
    takes = 2000;
    editor.focus(true);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(readings).toBe(1);
  });
});
