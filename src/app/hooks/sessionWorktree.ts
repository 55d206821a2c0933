import { AppError, isAppError } from '../../core/errors';
import type { Repository, Worktree } from '../../core/model';
import type { Paths } from '../../core/ports/host';
import type { AddWorktree, Identities, Making, Worktrees } from '../../core/ports/worktrees';
import { sessionPlace } from '../../core/sessions/sessionPlace';
import type { Settings } from '../../core/settings';
import type { UseCase } from '../run/run';

export interface SessionWorktreePorts {
  readonly worktrees: Worktrees;
  readonly identities: Pick<Identities, 'writeSession'>;
  readonly paths: Paths;
  readonly settings: () => Settings;
  readonly newId: () => string;
}

export interface SessionWorktreeRequest {
  /** Any folder of the repository. */
  readonly folder: string;
  /** As the session is called. */
  readonly name: string;
}

/**
 * The worktree of a session, where Claude Code would make it and with the branch that it would have: whoever asks for one that is
 * there gets that. It has no environment yet.
 *
 * @param onCheckoutFailure told what git itself, or a hook of the repository, fails with where files are written
 */
export function sessionWorktree(
  ports: SessionWorktreePorts,
  onCheckoutFailure: (error: AppError) => void = () => undefined,
): UseCase<SessionWorktreeRequest, Worktree> {
  const noted = async <T>(checkout: Promise<T>): Promise<T> =>
    checkout.catch((error: unknown) => {
      if (isAppError(error, 'failed')) onCheckoutFailure(error);
      throw error;
    });
  return async ({ folder, name }, { signal }) => {
    const { worktrees, paths } = ports;
    const place = sessionPlace(name);
    const repository = await worktrees.repository(folder, signal);
    await worktrees.recover(repository);
    const path = paths.resolve(repository.root, place.folder);
    for (let left = attempts; ; left--) {
      const there = await findAt(ports, repository, path, signal);
      if (there && there.beingMade === undefined) return there;
      if (there) return noted(worktrees.finish(repository, there, signal));
      const request = await requestFor(ports, repository, path, place.branch, signal);
      try {
        return await noted(worktrees.add(repository, request, signal));
      } catch (error) {
        // Somebody else makes the same one, and has not come far enough for git to know it.
        if (!isAppError(error, 'conflict') || left === 0) throw error;
        await pause(pauseMs, signal);
      }
    }
  };
}

/** Another hook's git knows its worktree within a moment. */
const attempts = 15;
const pauseMs = 200;

async function requestFor(
  ports: SessionWorktreePorts,
  repository: Repository,
  folder: string,
  branch: string,
  signal: AbortSignal,
): Promise<AddWorktree> {
  const { worktrees } = ports;
  // Its files are not complete before it is all there, and nobody may begin with it earlier.
  const id = ports.newId();
  const branches = await worktrees.branches(repository, signal);
  if (branches.some(({ isRemote, name }) => !isRemote && name === branch))
    return { kind: 'existing', folder, making: { id, record: async () => undefined }, branch };
  const base = await worktrees.startPoint(repository, ports.settings()['worktree.base'] || undefined, signal);
  // Only a branch that was made for it may go with it.
  const record: Making['record'] = (made) => ports.identities.writeSession(made, { createdBranch: branch });
  return { kind: 'new', folder, making: { id, record }, branch, base: base.commit };
}

/** One that is still being made is to be finished: its maker is gone. */
async function findAt(
  { worktrees, paths }: SessionWorktreePorts,
  repository: Repository,
  path: string,
  signal: AbortSignal,
): Promise<Worktree | undefined> {
  const look = async (): Promise<Worktree | undefined> =>
    (await worktrees.list(repository, signal)).find(
      (each) => paths.contains(each.path, path) && paths.contains(path, each.path),
    );
  let found = await look();
  // Whoever makes it is at work: it is waited for, and not taken over.
  while (found?.beingMade !== undefined && found.isMakerGone !== true) {
    await pause(pauseMs, signal);
    found = await look();
  }
  if (found?.prunable !== undefined)
    throw new AppError('conflict', `Git still knows a worktree in ${path}, whose folder is gone.`, {
      explanation: `"git worktree prune" forgets it; one that is locked is unlocked first: git worktree unlock ${JSON.stringify(path)}`,
    });
  return found;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
