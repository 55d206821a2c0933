import type { Product } from '../app/product';
import { defaultBase } from '../app/worktrees/defaultBase';
import { worktreeAt } from '../app/worktrees/worktreeAt';
import type { Machine } from './wireMachine';

/** What git knows. */
export function wireWorktrees({ git, worktreePorts }: Machine): Product['worktrees'] {
  return {
    branches: async (folder, signal) => {
      const { worktrees } = await git();
      return worktrees.branches(await worktrees.repository(folder, signal), signal);
    },
    defaultBase: async (folder) => defaultBase((await git()).worktrees, folder),
    path: async (folder, signal) => (await worktreeAt(await worktreePorts(), folder, signal)).worktree.path,
  };
}
