import type { EnvironmentFile } from '../../../core/environmentFile';
import type { Repository } from '../../../core/model';
import { includeFile, type SelectedFiles } from '../../../core/ports/worktreeFiles';
import type { CreatePorts } from '../createPorts';
import type { Target } from '../preparedCreate';

const nothing: SelectedFiles = { paths: [], hooks: [], left: [] };

/**
 * What a worktree is to get of the main worktree's files: asked before anything is made, as what leads outside is refused.
 *
 * @throws invalidInput
 */
export async function wantedCopies(
  { worktrees, worktreeFiles, includeFiles }: Pick<CreatePorts, 'worktrees' | 'worktreeFiles' | 'includeFiles'>,
  repository: Repository,
  target: Target,
  { copy, examples }: EnvironmentFile,
  signal: AbortSignal,
): Promise<SelectedFiles> {
  // It is where they would come from.
  if (target.kind === 'worktree' && target.worktree.isMain) return nothing;
  const include = await worktrees.fileAt(repository, target.commit, includeFile, signal);
  const asked = { copy, ...(examples === undefined ? {} : { examples }) };
  return worktreeFiles.select(repository, { ...asked, include, globs: includeFiles() }, signal);
}
