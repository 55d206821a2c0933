import { databaseEnvironment } from '../../../core/databaseEnvironment';
import { databaseSecret } from '../../../core/databaseSecret';
import { environmentFileName, type DatabaseSpec } from '../../../core/environmentFile';
import { AppError, isAppError } from '../../../core/errors';
import type { DatabaseRecord, Identity } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import type { Databases } from '../../../core/ports/databases';
import type { Commands, Locks } from '../../../core/ports/host';
import { databaseCommands } from '../../../core/repositoryCommands';
import type { Settings } from '../../../core/settings';
import { approveCommands, refuseUnapproved, type ApprovalPorts } from '../../approval/approveCommands';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { connectDatabases } from '../../databases/databaseReach';
import {
  readStatus,
  withDatabase,
  type DatabaseStatus,
  type MigrationStatusPorts,
} from '../../databases/migrations/migrationStatus';
import type { Run, UseCase } from '../../run/run';
import { runSteps } from '../../run/steps';
import { environmentLock, withLock } from '../../run/withLock';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';
import { fillTemplate } from '../commands/fillTemplate';
import { commandVariables } from '../parts/commandVariables';
import { isOwnDatabase } from '../parts/databaseRecord';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';

export type MigratePorts = MigrationStatusPorts &
  WorktreeAtPorts &
  Omit<ApprovalPorts, 'cluster'> & {
    readonly cluster: Cluster;
    readonly databases: Databases;
    readonly commands: Commands;
    readonly locks: Locks;
    readonly settings: () => Settings;
  };

/** Of what a migration that failed printed last. */
const toldLines = 30;

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
        approval: { repositoryId: repository.id, source, commands: databaseCommands(spec) },
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
      const url = await databaseUrl(ports, identity, record, signal);
      const settings = ports.settings();
      const place = { repository, identity, branch: worktree.branch, settings };
      const variables = await commandVariables(parts, { ...place, openCluster: async () => ports.cluster });
      const filling = { url, folder: worktree.path, variables, timeoutSeconds: settings['setup.timeout'] };
      await inStep(run, ports, (tell, inner) => fillTemplate(ports, file, { ...filling, tell }, inner));
      return readStatus(ports, worktree, { identity, record }, signal);
    });
  };
}

/** What is run of it. @throws notConfigured */
function migrateOf(spec: DatabaseSpec | undefined, source: string): DatabaseSpec {
  if (spec?.migrate !== undefined) return { ...spec, seed: undefined };
  throw new AppError('notConfigured', `${environmentFileName} of ${source} names no command for database.migrate.`);
}

/** @throws what the work throws, with the last lines that it told */
async function inStep(
  run: Run,
  { clock }: Pick<MigratePorts, 'clock'>,
  work: (tell: (line: string) => void, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  const step = {
    id: 'migrate',
    title: 'Migrate the database',
    after: [],
    run: async ({ signal, tell }: { readonly signal: AbortSignal; readonly tell: (line: string) => void }) => {
      const keep = (line: string): void => {
        lines.push(line);
        if (lines.length > toldLines) lines.shift();
        tell(line);
      };
      try {
        await work(keep, signal);
      } catch (error) {
        if (!isAppError(error)) throw error;
        const { code, message, explanation, remedy } = error;
        throw new AppError(code, message, {
          explanation: [...lines, ...(explanation === undefined ? [] : [explanation])].join('\n'),
          ...(remedy === undefined ? {} : { remedy }),
          cause: error,
        });
      }
    },
  };
  await runSteps([step], run, clock);
}

/**
 * Of the environment's own database, as this machine reaches it now; what does not run is started. Who owns it is compared, here
 * and in the cluster.
 */
async function databaseUrl(
  { cluster, databases }: Pick<MigratePorts, 'cluster' | 'databases'>,
  { names: { namespace: name, slug }, owner }: Identity,
  { database }: DatabaseRecord,
  signal: AbortSignal,
): Promise<string> {
  await cluster.connect(signal);
  const namespace = await cluster.readNamespace(name, signal);
  if (namespace && !isOwnDatabase(namespace.owner, owner))
    throw new AppError('conflict', `The namespace ${name} belongs to somebody else: nothing was migrated.`);
  const secret = namespace && (await cluster.readSecret(name, databaseSecret, signal));
  const serviceUrl = secret?.['DATABASE_URL'];
  await connectDatabases({ cluster, databases }, signal);
  const holder = await databases.owner(database, signal);
  if (holder === undefined || serviceUrl === undefined)
    throw new AppError('notFound', `The environment ${slug} has no database now: "coppice create" makes it.`);
  if (!isOwnDatabase(holder, owner))
    throw new AppError('conflict', `The database ${database} belongs to somebody else: nothing was migrated.`);
  // What was compared is the record's; what the command gets is what the cluster says.
  const told = databaseEnvironment(serviceUrl).DATABASE_NAME;
  if (told !== database)
    throw new AppError(
      'conflict',
      `The namespace ${name} names another database than ${database}, the environment's own: nothing was migrated.`,
    );
  const url = await databases.machineUrl(serviceUrl, signal);
  if (url === undefined)
    throw new AppError('unreachable', `The address of the database ${database} cannot be told: is its server running?`);
  return url;
}
