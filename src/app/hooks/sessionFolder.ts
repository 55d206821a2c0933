import { isAbort, isAppError, toAppError } from '../../core/errors';
import type { PlainWorktrees } from '../../core/ports/plainWorktrees';
import { sessionPlace } from '../../core/sessions/sessionPlace';
import type { UseCase } from '../run/run';
import { sessionWorktree, type SessionWorktreePorts, type SessionWorktreeRequest } from './sessionWorktree';

export interface SessionFolderPorts extends SessionWorktreePorts {
  readonly plainWorktrees: Pick<PlainWorktrees, 'add'>;
}

export interface SessionFolder {
  readonly path: string;
  /** Why it is a plain worktree, without an environment; undefined: it is none. */
  readonly why: string | undefined;
}

/**
 * The folder of a session's worktree. Where Coppice cannot work with the repository, or is not set up well, git alone makes it: the
 * session is the person's, and goes on.
 *
 * @throws conflict, timeout; and what git itself or a hook of the repository failed with, as git alone would fail again
 */
export function sessionFolder(ports: SessionFolderPorts): UseCase<SessionWorktreeRequest, SessionFolder> {
  return async (request, run) => {
    const { signal } = run;
    let isOfGit = false;
    try {
      const made = await sessionWorktree(ports, () => (isOfGit = true))(request, run);
      return { path: made.path, why: undefined };
    } catch (error) {
      const isTold = isAbort(error) || isAppError(error, 'conflict') || isAppError(error, 'timeout');
      if (signal.aborted || isTold || isOfGit) throw error;
      const path = await ports.plainWorktrees.add(request.folder, sessionPlace(request.name), signal);
      if (path === undefined) throw error;
      return { path, why: toAppError(error).message };
    }
  };
}
