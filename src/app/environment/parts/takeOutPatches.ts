import type { Worktree } from '../../../core/model';
import type { WorktreeFiles } from '../../../core/ports/worktreeFiles';

/** Takes Coppice's lines out of env files. What stands in the way of it is told, and no reason to keep an environment. */
export async function takeOutPatches(
  { worktreeFiles }: { readonly worktreeFiles: Pick<WorktreeFiles, 'unpatch'> },
  worktree: Worktree,
  paths: readonly string[],
): Promise<string | undefined> {
  const left: string[] = [];
  for (const path of paths) {
    const why = await worktreeFiles.unpatch(worktree, path);
    if (why !== undefined) left.push(why);
  }
  return left.length === 0 ? undefined : `left: ${left.join(', ')}`;
}
