import type { Cause } from '../../core/diagnosis/cause';
import { isAppError, toAppError, type AppError } from '../../core/errors';
import { environmentFileName, type EnvironmentFile } from '../../core/environmentFile';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import { unfinishedInstalls } from '../dependencies/unfinishedInstalls';
import { setupCommandId } from '../environment/commands/runSetup';
import type { DatabaseStatus } from '../databases/migrations/migrationStatus';
import { migrationLines } from '../view/migrationView';
import type { DiagnosisPorts } from './diagnosis';

/** What the worktree's file says, or why it cannot be read; undefined: there is none. */
export type FileSaid = EnvironmentFile | AppError | undefined;

export interface DatabaseCauses {
  readonly causes: readonly Cause[];
  /** A sentence: what of it is not known, and why. */
  readonly untold?: string;
}

/** Of the database: that its server is away, or that it lacks what its branch has. */
export async function databaseCauses(
  ports: Pick<DiagnosisPorts, 'databaseStatus' | 'databasesRun'>,
  { worktree, identity, environment }: WorktreeEntry,
  { repository, clusterIdentity }: Snapshot,
  file: Promise<FileSaid>,
  within: () => AbortSignal,
): Promise<DatabaseCauses> {
  const database = environment?.database;
  if (database === undefined || !repository) return { causes: [] };
  const limit = within();
  const status = async (): Promise<DatabaseStatus> => {
    const said = await file;
    const migrate = (isAppError(said) ? undefined : said?.database?.migrate) ?? [];
    return ports.databaseStatus({ repositoryId: repository.id, worktree, identity }, migrate.join(' '), limit);
  };
  const [isRunning, found] = await Promise.all([
    beforeEnd(ports.databasesRun(clusterIdentity), limit),
    status().catch((error: unknown) => untoldOf(error, limit)),
  ]);
  if (isRunning === false)
    return {
      causes: [
        {
          kind: 'databaseServerAway',
          what: 'The database server does not run.',
          evidence: [`Database: ${database}`],
          todo: 'coppice cluster start (coppice doctor says more)',
        },
      ],
    };
  if (typeof found === 'string') return { causes: [], untold: found };
  const pending = found.migrations.filter(({ behind, unfinished }) => behind.length + unfinished.length > 0);
  if (pending.length === 0) return { causes: [] };
  const count = pending.reduce((sum, { behind, unfinished }) => sum + behind.length + unfinished.length, 0);
  return {
    causes: [
      {
        kind: 'pendingMigration',
        what: `Its database lacks ${plural(count, 'migration')} of the branch.`,
        evidence: migrationLines(found).slice(0, 3),
        todo: 'coppice database migrate',
      },
    ],
  };
}

/** undefined where the signal comes first, or nothing can be told. */
function beforeEnd<T>(asked: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    asked.then(resolve, giveUp);
  });
}

function untoldOf(error: unknown, limit: AbortSignal): string {
  const why = limit.aborted ? 'the server did not say it in time' : toAppError(error).message;
  return `Whether its database lacks migrations: ${why.replace(/\.$/, '')}. coppice database status asks for longer.`;
}

/** What was to make the folder ready, and has not ended well. */
export async function preparationCauses(
  ports: Pick<DiagnosisPorts, 'setups' | 'installs' | 'sha256'>,
  { worktree, identity }: WorktreeEntry,
  reading: Promise<FileSaid>,
): Promise<readonly Cause[]> {
  if (!identity) return [];
  const installs = await unfinishedInstalls(ports.installs, worktree).catch(() => []);
  const causes: Cause[] = installs.map((what) => ({
    ...{ kind: 'installUnfinished', what, evidence: [], todo: 'coppice create' },
  }));
  const file = await reading;
  if (file === undefined || isAppError(file) || file.setup.length === 0) return causes;
  const ran = await ports.setups.read(worktree).catch(() => undefined);
  if (ran === undefined) return causes;
  const left = file.setup.filter((command) => {
    const id = setupCommandId(ports.sha256, command);
    return !ran.some((each) => each.command === id);
  });
  if (left.length === 0) return causes;
  return [
    ...causes,
    {
      kind: 'setupUnfinished',
      what: `${plural(left.length, 'setup command')} of ${file.setup.length} did not run to a good end in this worktree.`,
      evidence: left.slice(0, 3).map(({ command }) => `setup: ${command.join(' ')}`),
      todo: 'coppice setup',
    },
  ];
}

/** That nothing can be made or updated by the file as it is. */
export function fileCauses(file: FileSaid, whole: Cause | undefined): readonly Cause[] {
  if (!isAppError(file)) return [];
  const isWhy = whole?.kind === 'noEnvironment';
  return [
    {
      kind: 'environmentFile',
      what: `${environmentFileName} cannot be read${isWhy ? ', so that no environment can be made' : ': the next create is refused'}.`,
      evidence: [file.message, ...(file.explanation?.split('\n') ?? [])].slice(0, 4),
      todo: `Correct ${environmentFileName}, then: coppice create`,
    },
  ];
}
