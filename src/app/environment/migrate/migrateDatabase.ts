import { environmentFileName, type DatabaseSpec } from '../../../core/environmentFile';
import { AppError } from '../../../core/errors';
import type { Locks } from '../../../core/ports/host';
import { databaseCommands } from '../../../core/repositoryCommands';
import type { Settings } from '../../../core/settings';
import { approveCommands, refuseUnapproved, type ApprovalPorts } from '../../approval/approveCommands';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { withDatabase, type DatabaseStatus } from '../../databases/migrations/migrationStatus';
import type { Run, UseCase } from '../../run/run';
import { runSteps } from '../../run/steps';
import { environmentLock, withLock } from '../../run/withLock';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';
import { runMigration, type RunMigrationPorts } from '../commands/runMigration';
import { commandVariables } from '../parts/commandVariables';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';

export type MigratePorts = RunMigrationPorts &
  WorktreeAtPorts &
  Omit<ApprovalPorts, 'cluster'> & {
    readonly locks: Locks;
    readonly settings: () => Settings;
  };

/**
 * Runs `database.migrate`, as the worktree's own file says it now, on the database of the worktree's environment.
 *
 * @returns how far the database is then
 * @throws notFound, notConfigured, unapproved, conflict while a create or a delete is under way; what the command throws, with the last
 *   lines that it printed
 */
export function migrateDatabase(
  ports: MigratePorts,
  parts: readonly Part[] = environmentParts,
): UseCase<{ readonly folder: string }, DatabaseStatus> {
  return async ({ folder }, run) => {
    const { signal } = run;
    const { worktree, identity: found, repository } = await worktreeAt(ports, folder, signal);
    const { identity, record } = withDatabase(worktree, found);
    refuseElsewhere(identity, ports.cluster.identity);
    const source = worktree.branch ?? worktree.path;
    const read = async () => {
      const file = await ports.environmentFiles.read(worktree.path);
      const spec = migrateOf(file.database, source);
      return {
        file: { ...file, database: spec },
        approval: { repositoryId: repository.id, source, commands: databaseCommands({ ...spec, seed: undefined }) },
      };
    };
    await approveCommands(ports, (await read()).approval, run);
    return withLock(ports.locks, environmentLock(identity.owner), `${source} is being migrated`, async () => {
      const now = await worktreeAt(ports, folder, signal);
      if (now.identity?.owner.worktreeId !== identity.owner.worktreeId || now.worktree.branch !== worktree.branch)
        throw new AppError('conflict', `The worktree ${worktree.path} changed just now. Try again.`, {
          remedy: { title: 'Try Again', action: { kind: 'retry' } },
        });
      // People take their time to answer: what runs is what was approved, or nothing.
      const { file, approval } = await read();
      await refuseUnapproved(ports, approval);
      const settings = ports.settings();
      const place = { repository, identity, branch: worktree.branch, settings };
      const variables = await commandVariables(parts, { ...place, openCluster: async () => ports.cluster });
      const about = { worktree: now.worktree, identity, record, file, variables };
      const timeoutSeconds = settings['setup.timeout'];
      return inStep(run, ports, async (tell, inner) => {
        const result = await runMigration(ports, { ...about, timeoutSeconds, tell }, inner);
        if ('failure' in result) throw result.failure;
        return result.status;
      });
    });
  };
}

/** @throws notConfigured where there is nothing to run */
function migrateOf(spec: DatabaseSpec | undefined, source: string): DatabaseSpec {
  if (spec?.migrate !== undefined) return spec;
  throw new AppError('notConfigured', `${environmentFileName} of ${source} names no command for database.migrate.`);
}

/** As a step, whose lines are told. */
async function inStep<T>(
  run: Run,
  { clock }: Pick<MigratePorts, 'clock'>,
  work: (tell: (line: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const done: T[] = [];
  const step = {
    id: 'migrate',
    title: 'Migrate the database',
    after: [],
    run: async ({ signal, tell }: { readonly signal: AbortSignal; readonly tell: (line: string) => void }) =>
      void done.push(await work(tell, signal)),
  };
  await runSteps([step], run, clock);
  const [value] = done;
  if (value === undefined) throw new AppError('bug', 'A step has ended without a result.');
  return value;
}
