import { environmentFileName, type EnvironmentFile } from '../../../core/environmentFile';
import { AppError, isAppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import type { SelectedFiles } from '../../../core/ports/worktreeFiles';
import type { KindAt, Worktrees } from '../../../core/ports/worktrees';
import type { Target } from '../preparedCreate';

interface PlacePorts {
  readonly worktrees: Pick<Worktrees, 'kindAt'>;
  readonly environmentFiles: Pick<EnvironmentFiles, 'readVariables'>;
}

const notNamed = ': a new worktree has what is committed, and what `copy` names';
const notThere =
  ', and which `copy` brings from the main worktree, where it is not either: make it there, as the project’s own instructions say';

/**
 * Refuses a file whose services name folders and files that their worktree has not, or that cannot be used. Folders of what is
 * checked out already are looked at when the file is read; a file may be one that is copied or patched, or that
 * the setup commands write.
 *
 * @throws invalidInput, notConfigured: one line with the key, and what is wrong with it
 */
export async function verifyPlaces(
  { worktrees, environmentFiles }: PlacePorts,
  repository: Repository,
  target: Target,
  { services, setup, patch, copy, examples = {} }: EnvironmentFile,
  copies: SelectedFiles,
  signal: AbortSignal,
): Promise<void> {
  const folderNow = target.kind === 'worktree' && target.worktree.beingMade === undefined && target.worktree.path;
  const verifyAt = async (key: string, path: string, wanted: KindAt, hint = ''): Promise<void> => {
    const kind = await worktrees.kindAt(repository, target.commit, path, signal);
    if (kind === wanted) return;
    const what = kind === undefined ? 'is not' : `is a ${kind}, and no ${wanted},`;
    throw new AppError(
      kind === undefined && wanted === 'file' ? 'notConfigured' : 'invalidInput',
      `${environmentFileName}: ${key} names ${JSON.stringify(path)}, which ${what} in ${target.commit.slice(0, 7)}${hint}.`,
    );
  };
  for (const { name, folder, envFile = [] } of services) {
    const key = `services.${name}`;
    if (!folderNow && folder !== undefined) await verifyAt(`${key}.folder`, folder, 'folder');
    for (const file of envFile) {
      const looking = folderNow
        ? environmentFiles.readVariables(folderNow, file, `${key}.envFile`, signal)
        : verifyAt(`${key}.envFile`, file, 'file', copy.includes(file) ? notThere : notNamed);
      await looking.catch((error: unknown) => {
        // It is looked for again once that is done.
        const isCopied = copies.paths.includes(file) || Object.hasOwn(examples, file);
        const mayCome = setup.length > 0 || isCopied || Object.hasOwn(patch, file);
        if (!mayCome || !isAppError(error, 'notConfigured')) throw error;
      });
    }
  }
}
