import { environmentFileName } from '../../core/environmentFile';
import { AppError, isAppError } from '../../core/errors';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { RepositoryFiles } from '../../core/ports/repositoryFiles';
import type { UseCase } from '../run/run';

export interface WriteRequest {
  /** The root of a worktree. */
  readonly folder: string;
  readonly text: string;
  /** Whether one that is there is written over. */
  readonly replaces: boolean;
}

/** Writes coppice.yaml. What is no valid one is not written. @throws conflict when one is there */
export function writeEnvironmentFile(ports: {
  readonly files: RepositoryFiles;
  readonly environmentFiles: Pick<EnvironmentFiles, 'check'>;
}): UseCase<WriteRequest, void> {
  return async ({ folder, text, replaces }) => {
    const [problem] = ports.environmentFiles.check(text);
    if (problem)
      throw new AppError('bug', `The ${environmentFileName} that was to be written is not valid: ${problem.message}`, {
        explanation: text,
      });
    try {
      await ports.files.write(folder, environmentFileName, text, replaces);
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      throw new AppError('conflict', error.message, {
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        explanation: 'See what it would be now: coppice init --dry-run\nTo replace it: coppice init --force',
        cause: error,
      });
    }
  };
}
