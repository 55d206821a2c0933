import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Git } from '../program/git';

/** Why a bare repository cannot be worked with: it is one, or it is only set to be one. */
export async function bareRepository(
  git: Git,
  folder: string,
  commonDir: string,
  signal: AbortSignal | undefined,
): Promise<AppError> {
  // Only a checkout leaves an index.
  const hasIndex = await lstat(join(commonDir, 'index')).then(
    () => true,
    () => false,
  );
  if (!hasIndex)
    return new AppError(
      'invalidInput',
      `The repository at ${commonDir} is bare: Coppice needs one with a main worktree. Clone it without --bare.`,
    );
  const told = await git.try(folder, ['config', '--show-scope', '--get', 'core.bare'], { trust: 'read', signal });
  return new AppError(
    'invalidInput',
    `The repository at ${commonDir} has a main worktree and is set to be bare all the same. If it is not, run: ${remedy(told?.split('\t')[0], commonDir)}`,
  );
}

function remedy(scope: string | undefined, commonDir: string): string {
  if (scope === 'global' || scope === 'system') return `git config --${scope} --unset core.bare`;
  const file = join(commonDir, scope === 'worktree' ? 'config.worktree' : 'config');
  return `git config --file ${JSON.stringify(file)} core.bare false`;
}
