import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { copyListedFiles } from '../app/hooks/copyListedFiles';
import { provide } from '../app/hooks/provide';
import { removeProvided } from '../app/hooks/removeProvided';
import { removeSessionWorktree } from '../app/hooks/removeSessionWorktree';
import { sessionFolder } from '../app/hooks/sessionFolder';
import type { Product } from '../app/product';
import { lazy } from './lazy';
import { once } from './once';
import type { Machine } from './wireMachine';

/** What other tools call when they make and remove worktrees. */
export function wireHooks(
  machine: Machine,
  environments: Pick<Product['environments'], 'delete' | 'wait' | 'wake'>,
): Product['hooks'] {
  const { root, home, env, execPath, worktreePorts } = machine;
  const program = once(async () => {
    const { OwnProcess } = await import('../adapters/exec/ownProcess');
    const cli = join(root, 'dist', 'cli.js');
    return new OwnProcess({
      execPath,
      cli,
      env: { ...env, COPPICE_HOME: home },
      logFolder: join(home, 'logs', 'hooks'),
    });
  });
  const plain = once(async () => {
    const { GitPlainWorktrees } = await import('../adapters/git/gitPlainWorktrees');
    return { plainWorktrees: new GitPlainWorktrees(env) };
  });
  return {
    copyListedFiles: lazy(
      async () => ({ ...(await worktreePorts()), ...(await machine.worktreeState()) }),
      copyListedFiles,
    ),
    sessionFolder: lazy(
      async () => ({
        ...(await worktreePorts()),
        ...(await plain()),
        newId: () => randomBytes(6).toString('hex'),
      }),
      sessionFolder,
    ),
    removeSessionWorktree: lazy(
      async () => ({ ...(await worktreePorts()), ...(await plain()), deleteEnvironment: environments.delete }),
      removeSessionWorktree,
    ),
    removeProvided: lazy(
      async () => ({ ...(await worktreePorts()), deleteEnvironment: environments.delete }),
      removeProvided,
    ),
    provide: lazy(
      async () => ({
        ...(await worktreePorts()),
        environmentFiles: await machine.environmentFiles(),
        program: await program(),
        wait: environments.wait,
        wake: environments.wake,
      }),
      provide,
    ),
  };
}
