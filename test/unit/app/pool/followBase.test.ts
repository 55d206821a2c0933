import { expect, it, vi } from 'vitest';
import { followBase } from '../../../../src/app/pool/followBase';
import type { Repository } from '../../../../src/core/model';

const repository: Repository = {
  ...{ id: 'r', name: 'r', root: '/r', commonDir: '/r/.git', defaultBranch: 'main' },
};

function world(size = 1) {
  const asked: (string | undefined)[] = [];
  const refilled: string[] = [];
  const logged: string[] = [];
  const git = { commit: 'first', failure: undefined as Error | undefined };
  const startPoint = async (_: Repository, base: string | undefined) => {
    asked.push(base);
    if (git.failure) throw git.failure;
    return { name: 'main', commit: git.commit };
  };
  const follow = followBase({
    worktrees: async () => ({ startPoint }),
    settings: () => ({ 'pool.size': size, 'worktree.base': 'origin/main' }),
    refill: async (folder) => void refilled.push(folder),
    log: { debug: (message) => void logged.push(message) },
  });
  return { git, asked, refilled, logged, follow };
}

it('has the pool filled when the commit that a create starts from has moved, and for no other change', async () => {
  const { git, asked, refilled, follow } = world();
  follow(repository);
  await vi.waitFor(() => expect(asked).toEqual(['origin/main']));
  follow(repository);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(refilled).toEqual([]);
  git.commit = 'second';
  follow(repository);
  await vi.waitFor(() => expect(refilled).toEqual(['/r']));
});

it('looks once more for all that is heard while it looks', async () => {
  const { git, asked, refilled, follow } = world();
  for (let each = 0; each < 5; each++) follow(repository);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  git.commit = 'second';
  for (let each = 0; each < 5; each++) follow(repository);
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  expect(refilled).toEqual(['/r']);
});

it('goes on after a look that failed', async () => {
  const { git, asked, refilled, logged, follow } = world();
  follow(repository);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  git.failure = new Error('there is no such branch');
  follow(repository);
  await vi.waitFor(() => expect(logged).toHaveLength(1));
  expect(logged[0]).toContain('there is no such branch');
  git.failure = undefined;
  git.commit = 'second';
  follow(repository);
  await vi.waitFor(() => expect(refilled).toEqual(['/r']));
});

it('asks git nothing where no pool is kept', async () => {
  const { asked, follow } = world(0);
  follow(repository);
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toEqual([]);
});
