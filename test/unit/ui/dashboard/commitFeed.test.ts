import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/core/errors';
import type { Worktree } from '../../../../src/core/model';
import type { BranchCommit } from '../../../../src/core/ports/worktreeChanges';
import { CommitFeed } from '../../../../src/ui/dashboard/commitFeed';
import { isToPage, limits, type ToPage } from '../../../../webview/protocol';
import { anEntry, aSnapshot, aWorktree } from '../builders';
import { someDependencies } from '../context';

const path = '/repo.worktrees/feature';

function aFeed(answer: (head: string) => Promise<readonly BranchCommit[]>) {
  const { dependencies, publish, logged } = someDependencies();
  const asked: [head: string, minutes: number][] = [];
  const posted: ToPage[] = [];
  const host = {
    store: dependencies.store,
    log: dependencies.log,
    commits: async ({ head }: Pick<Worktree, 'path' | 'head'>, sinceMs: number) => {
      asked.push([head, Math.round((Date.now() - sinceMs) / 60_000)]);
      return answer(head);
    },
  };
  const feed = new CommitFeed(path, host, (message) => void posted.push(message));
  const at = (change: Partial<Worktree>): void =>
    publish(aSnapshot({ entries: [anEntry({ worktree: aWorktree({ path, ...change }) })] }));
  return { feed, asked, posted, logged, at };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the commits of a branch', () => {
  it('are asked for once a range and a HEAD, however often the snapshot has news, and told oldest first', async () => {
    const { feed, asked, posted, at } = aFeed(async (head) => [
      { at: 2000, id: head, subject: 'second' },
      { at: 1000, id: 'b', subject: `\u001b[31m${'x'.repeat(2 * limits.name)}` },
    ]);
    at({ head: 'a1' });
    for (let turn = 0; turn < 3; turn++) feed.show('15m');
    await settled();
    expect(asked).toEqual([['a1', 15]]);
    expect(posted.every(isToPage)).toBe(true);
    expect(posted).toMatchObject([
      {
        type: 'commits',
        marks: [
          { at: 1000, kind: 'commit' },
          { at: 2000, kind: 'commit', text: 'Commit a1 second' },
        ],
      },
    ]);
    expect(JSON.stringify(posted)).not.toContain('\\u001b');
    at({ head: 'a2' });
    feed.show('15m');
    feed.show('6h');
    await settled();
    expect(asked.slice(1)).toEqual([
      ['a2', 15],
      ['a2', 360],
    ]);
    // Of what was asked for twice only the last answer is told.
    expect(posted).toHaveLength(2);
  });

  it('are not asked for where the worktree is gone, told to nobody once it ended, and a failure is in the log alone', async () => {
    const { feed, asked, posted, logged, at } = aFeed(async () => {
      throw new AppError('failed', 'an object is lost');
    });
    at({ head: 'a1', prunable: 'its folder is gone' });
    feed.show('1h');
    expect(asked).toEqual([]);
    at({ head: 'a1' });
    feed.show('1h');
    await settled();
    expect(posted).toEqual([]);
    expect(logged.join()).toContain('an object is lost');
    const late = aFeed(async () => []);
    late.at({ head: 'a1' });
    late.feed.show('1h');
    late.feed.dispose();
    await settled();
    expect(late.posted).toEqual([]);
  });

  it('are asked for again half a minute after git could not tell them, and not with each news', async () => {
    const now = vi.spyOn(performance, 'now');
    try {
      now.mockReturnValue(1_000_000);
      let isBroken = true;
      const { feed, asked, posted, at } = aFeed(async (head) => {
        if (isBroken) throw new AppError('failed', 'git is being replaced');
        return [{ at: 1000, id: head, subject: 'first' }];
      });
      at({ head: 'a1' });
      feed.show('1h');
      await settled();
      isBroken = false;
      feed.show('1h');
      await settled();
      expect(asked).toHaveLength(1);
      now.mockReturnValue(1_031_000);
      feed.show('1h');
      feed.show('1h');
      await settled();
      expect(asked).toHaveLength(2);
      expect(posted).toHaveLength(1);
    } finally {
      now.mockRestore();
    }
  });
});
