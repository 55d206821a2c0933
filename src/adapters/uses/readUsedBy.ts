import { readFile } from 'node:fs/promises';
import type { UsedBy } from '../../core/ports/usedServices';

/** undefined: it is not there, or nobody can tell what it says. It is only told to people, and looked up. */
export async function readUsedBy(file: string): Promise<UsedBy | undefined> {
  try {
    const said: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof said !== 'object' || said === null) return undefined;
    const repository: unknown = Reflect.get(said, 'repository');
    const worktree: unknown = Reflect.get(said, 'worktree');
    return typeof repository === 'string' && typeof worktree === 'string' ? { repository, worktree } : undefined;
  } catch {
    return undefined;
  }
}
