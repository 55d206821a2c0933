import type { Product } from '../app/product';
import { defaultBase } from '../app/worktrees/defaultBase';
import { worktreeAt } from '../app/worktrees/worktreeAt';
import { once } from './once';
import type { Machine } from './wireMachine';

/** What git knows. */
export function wireWorktrees({ git, worktreePorts, env }: Machine): Product['worktrees'] {
  const changes = once(async () => {
    const { GitWorktreeChanges } = await import('../adapters/git/gitWorktreeChanges');
    return new GitWorktreeChanges(env);
  });
  return {
    branches: async (folder, signal) => {
      const { worktrees } = await git();
      return worktrees.branches(await worktrees.repository(folder, signal), signal);
    },
    commits: async (...asked) => (await changes()).commits(...asked),
    defaultBase: async (folder) => defaultBase((await git()).worktrees, folder),
    path: async (folder, signal) => (await worktreeAt(await worktreePorts(), folder, signal)).worktree.path,
  };
}
