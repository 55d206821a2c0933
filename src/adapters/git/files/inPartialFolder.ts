import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partialFolder } from '../../../core/dependencies/dependencyTools';

/**
 * Gives a worktree a folder for what is not complete yet, and takes it away again. Where the process is killed in between, git
 * ignores it by itself, so that nobody commits what is half a secret, and the next call takes it away.
 */
export async function inPartialFolder<Value>(
  worktree: string,
  work: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = join(worktree, partialFolder);
  const clear = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await clear();
  try {
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, '.gitignore'), '*\n');
    return await work(folder);
  } finally {
    await clear().catch(() => undefined);
  }
}
