import { dependencyTools } from '../../core/dependencies/dependencyTools';
import { inProject } from '../../core/dependencies/dependencyProject';
import type { Worktree } from '../../core/model';
import type { Installs } from '../../core/ports/installs';

/** What of a worktree's dependencies is not complete, since its install failed or was cut off: a sentence each. */
export async function unfinishedInstalls(
  installs: Pick<Installs, 'begun'>,
  worktree: Pick<Worktree, 'gitDir'>,
): Promise<readonly string[]> {
  return (await installs.begun(worktree)).map(({ folder, lockfile }) => {
    const tool = dependencyTools.find((each) => each.lockfile === lockfile);
    const what = inProject({ folder }, tool?.folder ?? lockfile);
    return `${what} is not complete: its install did not end well. The next create installs it again.`;
  });
}
