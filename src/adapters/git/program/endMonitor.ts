import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git';

const patienceMs = 5_000;

/**
 * Ends git's own monitor of a worktree's files (`core.fsmonitor`), which has one process for each worktree, once the folder is elsewhere or
 * gone. On Linux (2.55.0) it goes on for ever where a worktree is removed; and where one is moved it answers for the new place while it
 * looks for new folders in the old one, so that `git status` there calls changed files unchanged
 * (findings/git-monitor-of-a-moved-worktree-misses-changes.sh). The next command that asks for one starts it anew, and believes nothing
 * of what the old one said.
 */
export async function endMonitor(git: Git, gitDir: string): Promise<void> {
  // It is there once there was one.
  const hadOne = await access(join(gitDir, 'fsmonitor--daemon')).then(
    () => true,
    () => false,
  );
  if (!hadOne) return;
  const signal = AbortSignal.timeout(patienceMs);
  await git
    .try(gitDir, ['fsmonitor--daemon', 'stop'], { trust: 'read', signal, env: { GIT_DIR: gitDir } })
    .catch(() => undefined);
}
