import { AppError } from '../../../core/errors';
import { migrateIfDue, type DueMigration, type DueResult } from '../commands/migrateIfDue';
import { nextMigration, unmigrated } from '../commands/unmigrated';
import { clusterPart } from './clusterPart';
import { commandVariables } from './commandVariables';
import { copyPart } from './copyPart';
import { databasePart } from './databasePart';
import { recordedDatabase } from './databaseRecord';
import { dependenciesPart } from './dependenciesPart';
import { firstPatchPart } from './firstPatchPart';
import { namespacePart } from './namespacePart';
import { definePart, type MakeRun } from './part';
import { patchPart } from './patchPart';
import { releasePart } from './releasePart';
import { setupPart } from './setupPart';
import { endUsedFirst, startUsedFirst, withTroubleOfUsed, type UsedBeforeTemplate } from './usedBeforeTemplate';
import { usesPart } from './usesPart';
import { worktreePart } from './worktreePart';

export interface MigratedDatabase {
  /** Why it lacks what the branch's migrations make: a line, and more of them for who wants to know. undefined: it does not. */
  readonly trouble: string | undefined;
}

const after = [
  ...([clusterPart, namespacePart, worktreePart, databasePart, usesPart] as const),
  // Its command needs what all of these bring; the database may be there sooner.
  ...([copyPart, firstPatchPart, dependenciesPart, setupPart, patchPart] as const),
] as const;

/**
 * The branch's own migrations, in the environment's own database: the template has those of the default branch. Where the worktree says
 * the same as what the database was made by, nothing is run.
 *
 * A migration that fails is the branch's, and is mended in its worktree: the environment stays, and is not ready. One that was ready before
 * keeps what runs: its update is refused instead.
 */
export const migratePart = definePart({
  id: 'migrate',
  after,
  before: [releasePart],
  title: 'Migrate the database',
  wanted: ({ file }) => file.database?.migrate !== undefined,
  notes: (): UsedBeforeTemplate => ({ isBegun: false, trouble: undefined }),
  async make(run, notes) {
    const { prepared, made } = run;
    const { file } = prepared;
    const spec = file.database;
    if (!spec) throw new AppError('bug', 'A database was to be migrated that the file does not ask for.');
    const { identity } = made(namespacePart);
    const { worktree } = made(worktreePart);
    const record = recordedDatabase(identity.parts);
    const result = await migrate(run, { identity, worktree, record, file: { ...file, database: spec } }, notes);
    // One of a worktree that this one takes over runs as well.
    const runs = prepared.identity?.state === 'created' || prepared.isAdopted === true;
    if ('failure' in result && runs) throw refused(result.failure, record.database);
    const told = unmigrated(result, record.database);
    const value: MigratedDatabase = { trouble: told?.trouble };
    return told ? { value, short: told.short } : { value, detail: 'detail' in result ? result.detail : undefined };
  },
  undo: ({ ports, made, signal }, notes) =>
    endUsedFirst(ports, made(namespacePart).identity, made(clusterPart), notes, signal),
});

async function migrate(
  run: MakeRun<(typeof after)[number]>,
  about: Pick<DueMigration, 'identity' | 'worktree' | 'record' | 'file'>,
  notes: UsedBeforeTemplate,
): Promise<DueResult> {
  const { ports, prepared, parts, made, tell, signal } = run;
  const { repository, target } = prepared;
  const { identity, worktree } = about;
  const settings = ports.settings();
  const variables = async () => {
    const { isFound } = made(namespacePart);
    const used = { openFolder: async () => worktree.path, cluster: made(clusterPart), uses: made(usesPart) };
    await startUsedFirst({ ports, prepared, parts, identity, isFound, tell, ...used }, notes, signal);
    const place = { repository, identity, branch: target.branch, settings, openCluster: async () => ports.cluster };
    return commandVariables(parts, place);
  };
  const isAlone = prepared.identity?.state !== 'created' && prepared.isAdopted !== true;
  const due = {
    ...about,
    repositoryId: repository.id,
    variables,
    isAlone,
    timeoutSeconds: settings['setup.timeout'],
    tell,
  };
  const result = await migrateIfDue(ports, due, signal);
  return 'failure' in result ? { failure: withTroubleOfUsed(result.failure, notes) } : result;
}

function refused({ code, message, explanation, remedy }: AppError, database: string): AppError {
  const left = `The services were left as they are. ${nextMigration(database)}`;
  return new AppError(code, message, {
    explanation: [explanation, left].filter(Boolean).join('\n'),
    ...(remedy ? { remedy } : {}),
  });
}
