import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether nothing but folders of this worktree is on the way to a path: a link may lead anywhere. */
export async function isReached(folder: string, path: string): Promise<boolean> {
  for (const parent of parentsOf(folder, path)) {
    const found = await lstat(parent).catch(() => undefined);
    if (!found) return true;
    if (!found.isDirectory()) return false;
  }
  return true;
}

function parentsOf(folder: string, path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => join(folder, ...parts.slice(0, index + 1)));
}
