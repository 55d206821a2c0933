import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import { AppError, isAppError } from '../../../core/errors';
import type { DatabaseRecord, Identity, Worktree } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import type { DatabaseTables } from '../../../core/ports/databaseTables';
import type { Databases } from '../../../core/ports/databases';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import type { Commands } from '../../../core/ports/host';
import type { RepositoryFiles } from '../../../core/ports/repositoryFiles';
import { readStatus, type DatabaseStatus } from '../../databases/migrations/migrationStatus';
import { migrateLine, migrationRecipe } from '../../databases/template';
import { withoutSecrets } from '../../../core/variables/withoutSecrets';
import { fillTemplate, type FillingFile, type TemplateFilling } from './fillTemplate';
import { keepBeforeMigrate, keptText } from './keepBeforeMigrate';
import { ownDatabaseUrl } from './ownDatabaseUrl';
import { unreached } from './unreached';

export interface RunMigrationPorts {
  readonly environmentFiles: Pick<EnvironmentFiles, 'readInputs' | 'readMigrationInputs'>;
  readonly tables: DatabaseTables;
  readonly files: Pick<RepositoryFiles, 'list' | 'read'>;
  readonly cluster: Cluster;
  readonly databases: Databases;
  readonly commands: Commands;
}

export interface MigrationRun extends Pick<TemplateFilling, 'variables' | 'timeoutSeconds'> {
  readonly worktree: Worktree;
  readonly identity: Identity;
  readonly record: DatabaseRecord;
  /** The worktree's own. */
  readonly file: FillingFile;
  /** Nothing of the environment runs yet. */
  readonly isAlone?: boolean;
  readonly tell: (line: string) => void;
}

/** Of what a migration that failed printed last. */
const toldLines = 30;

/**
 * Runs `database.migrate` of a worktree on the database of its own environment, and notes there by which recipe it is migrated now. Cut
 * off, or failed, that is of none. What somebody has written there is kept as a snapshot first.
 *
 * @returns how far the database is then; `failure`: the command's, with the last lines that it printed
 * @throws as ownDatabaseUrl and takeSnapshot: nothing was run
 */
export async function runMigration(
  ports: RunMigrationPorts,
  { worktree, identity, record, file, isAlone = false, tell, variables, timeoutSeconds }: MigrationRun,
  signal: AbortSignal,
): Promise<{ readonly status: DatabaseStatus } | { readonly failure: AppError }> {
  const { databases } = ports;
  const { database, role } = record;
  const own = { database, role, owner: identity.owner };
  await ports.cluster.connect(signal);
  const url = await ownDatabaseUrl(ports, identity, record, signal);
  // What is written while it runs is the next one's.
  const { migrates: recipe } = await migrationRecipe(ports, worktree.path, file.database, signal);
  const kept = await keepBeforeMigrate(databases, { worktree, identity, record }, signal);
  if (kept !== undefined) tell(keptText(kept));
  await databases.noteMigrated({ ...own, recipe: undefined, isAlone }, signal);
  const migrating = { ...file, database: { ...file.database, seed: undefined } };
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > toldLines) lines.shift();
    tell(line);
  };
  try {
    const filling = { url, folder: worktree.path, variables, timeoutSeconds, tell: keep };
    await fillTemplate(ports, migrating, filling, signal);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { code, message, explanation, remedy } = error;
    return {
      failure: new AppError(code, message, {
        // It is told to agents, and kept where others read it.
        explanation: withoutSecrets(
          [
            ...lines,
            ...(explanation === undefined ? [] : [explanation]),
            ...(kept === undefined ? [] : [keptText(kept)]),
          ].join('\n'),
          secretsIn(url),
        ),
        ...(remedy === undefined ? {} : { remedy }),
        cause: error,
      }),
    };
  }
  const command = migrateLine(file.database);
  const status = await readStatus(ports, { path: worktree.path, command }, { identity, record }, signal);
  // What it left undone is told again by the next one.
  if (unreached(status) === undefined) await databases.noteMigrated({ ...own, recipe }, signal);
  return { status };
}

function secretsIn(url: string): string[] {
  const { DATABASE_PASSWORD: password } = databaseEnvironment(url);
  return password === undefined || password === '' ? [] : [password];
}
