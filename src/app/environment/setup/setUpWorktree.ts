import { environmentFileName } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import { setupCommands } from '../../../core/repositoryCommands';
import { worktreeRef } from '../../../core/worktrees/worktreeRef';
import type { Settings } from '../../../core/settings';
import { approveCommands, refuseUnapproved, type ApprovalPorts } from '../../approval/approveCommands';
import type { UseCase } from '../../run/run';
import { runSteps } from '../../run/steps';
import { deleteLock, environmentLock, nameLock, withLock } from '../../run/withLock';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';
import type { Locks } from '../../../core/ports/host';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { runSetup, setupDetail, type SetupPorts, type SetupResult } from '../commands/runSetup';
import { commandVariables, withoutDatabase, type CommandPlace } from '../parts/commandVariables';

export type SetUpWorktreePorts = SetupPorts &
  WorktreeAtPorts &
  ApprovalPorts & {
    readonly environmentFiles: EnvironmentFiles;
    readonly locks: Locks;
    readonly openCluster: CommandPlace['openCluster'];
    readonly settings: () => Settings;
  };

export interface SetUpWorktreeRequest {
  /** Any folder in the worktree. */
  readonly folder: string;
  /** Those run as well whose inputs are as they were. */
  readonly force?: boolean;
}

/**
 * Runs the setup commands of a worktree again, as its own file says them now.
 *
 * @throws notConfigured where it says none, unapproved, conflict while a create or a delete is under way
 */
export function setUpWorktree(
  ports: SetUpWorktreePorts,
  parts: readonly Part[] = environmentParts,
): UseCase<SetUpWorktreeRequest, SetupResult> {
  return async ({ folder, force = false }, run) => {
    const { signal } = run;
    const { worktree, identity, repository } = await worktreeAt(ports, folder, signal);
    const { branch, path } = worktree;
    const read = async () => {
      const file = await ports.environmentFiles.read(path);
      const commands = setupCommands(file);
      return { file, approval: { repositoryId: repository.id, source: branch ?? path, commands } };
    };
    const first = await read();
    if (first.file.setup.length === 0)
      throw new AppError('notConfigured', `${environmentFileName} of ${branch ?? path} names no setup commands.`);
    await approveCommands(ports, first.approval, run);
    // Its .env is its own.
    const isAlone = worktree.isMain && !identity;
    const locks = identity
      ? [environmentLock(identity.owner)]
      : // A create of a worktree without a record holds its name's alone.
        [nameLock(repository, worktreeRef(worktree)), deleteLock(worktree)];
    return withLocks(ports.locks, locks, `${branch ?? path} is being set up`, async () => {
      const now = await worktreeAt(ports, folder, signal);
      if (now.identity?.owner.worktreeId !== identity?.owner.worktreeId || now.worktree.branch !== branch)
        throw new AppError('conflict', `The worktree ${path} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      // People take their time to answer: what runs is what was approved, or nothing.
      const { file, approval } = await read();
      const { setup } = file;
      await refuseUnapproved(ports, approval);
      const settings = ports.settings();
      const place = { repository, identity, branch, settings, openCluster: ports.openCluster };
      const request = {
        worktree,
        setup,
        force,
        variables: { ...(await commandVariables(parts, place)), ...(isAlone ? {} : withoutDatabase(file)) },
        timeoutSeconds: settings['setup.timeout'],
        name: identity?.names.slug ?? branch ?? repository.name,
      };
      let result: SetupResult = { ran: 0, logs: [] };
      const step = {
        id: 'setup',
        title: 'Run the setup commands',
        after: [],
        run: async (context: { readonly signal: AbortSignal; readonly tell: (line: string) => void }) => {
          result = await runSetup(ports, { ...request, tell: context.tell }, context.signal);
          return setupDetail(result, setup.length);
        },
      };
      await runSteps([step], run, ports.clock);
      return result;
    });
  };
}

/** One after the other, in the order that they are given. */
function withLocks<T>(
  locks: Locks,
  [key, ...others]: readonly string[],
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  return key === undefined ? work() : withLock(locks, key, what, () => withLocks(locks, others, what, work));
}
