import { isAppError } from '../../core/errors';
import type { Worktrees } from '../../core/ports/worktrees';

/** What a new branch starts from unless it is said otherwise: the default branch here, or on its remote where that is newer. */
export async function defaultBase(
  worktrees: Pick<Worktrees, 'repository' | 'startPoint'>,
  folder: string,
): Promise<string> {
  const repository = await worktrees.repository(folder);
  try {
    return (await worktrees.startPoint(repository, undefined)).name;
  } catch (error) {
    if (!isAppError(error, 'invalidInput')) throw error;
    return repository.defaultBranch;
  }
}
