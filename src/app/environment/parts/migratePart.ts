import { AppError } from '../../../core/errors';
import { readStatus, type DatabaseStatus } from '../../databases/migrations/migrationStatus';
import { migrateLine, recipeIn } from '../../databases/template';
import { migrationLines, migrationWords } from '../../view/migrationView';
import { runMigration } from '../commands/runMigration';
import { unreached } from '../commands/unreached';
import { clusterPart } from './clusterPart';
import { commandVariables } from './commandVariables';
import { databasePart } from './databasePart';
import { recordedDatabase } from './databaseRecord';
import { namespacePart } from './namespacePart';
import { definePart, type MakeRun } from './part';
import { patchPart } from './patchPart';
import { releasePart } from './releasePart';
import { endUsedFirst, startUsedFirst, withTroubleOfUsed, type UsedBeforeTemplate } from './usedBeforeTemplate';
import { usesPart } from './usesPart';
import { worktreePart } from './worktreePart';

export interface MigratedDatabase {
  /** Why it lacks what the branch's migrations make: a line, and more of them for who wants to know. undefined: it does not. */
  readonly trouble: string | undefined;
}

const after = [clusterPart, namespacePart, worktreePart, databasePart, patchPart, usesPart] as const;

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
    const { ports, prepared, made, signal } = run;
    const { repository, file } = prepared;
    const spec = file.database;
    if (!spec) throw new AppError('bug', 'A database was to be migrated that the file does not ask for.');
    const { identity } = made(namespacePart);
    const { worktree } = made(worktreePart);
    const record = recordedDatabase(identity.parts);
    const { recipe, isWhole } = await recipeIn(ports, worktree.path, spec, signal);
    const template = { name: spec.template, repositoryId: repository.id, recipe };
    const of = { database: record.database, owner: identity.owner, recipe };
    const isCurrent = (await ports.databases.ages(template, of, signal))?.database === 'current';
    if (isCurrent && isWhole) return done('nothing to run');
    const looked = { path: worktree.path, command: migrateLine(spec) };
    const before = await readStatus(ports, looked, { identity, record }, signal);
    // What its command reads is not known: the tool's own table tells.
    if (isCurrent && !before.migrations.some(({ behind }) => behind.length > 0)) return done('nothing to run');
    const ahead = aheadOf(before);
    if (ahead !== undefined) return done(ahead);
    const result = await migrate(run, { identity, worktree, record, file: { ...file, database: spec } }, notes);
    if ('failure' in result) return failed(result.failure, record.database, prepared.identity?.state === 'created');
    const left = unreached(result.status);
    if (left === undefined) return done(migratedText(result.status));
    const short = `${migrationWords(left)}: ${left.notes.join(' ')}`;
    return { value: { trouble: migrationLines(result.status).join('\n') }, short };
  },
  undo: ({ ports, made, signal }, notes) =>
    endUsedFirst(ports, made(namespacePart).identity, made(clusterPart), notes, signal),
});

function done(detail: string | undefined): { readonly value: MigratedDatabase; readonly detail: string | undefined } {
  return { value: { trouble: undefined }, detail };
}

/** undefined: the branch adds something, or nobody can tell */
function aheadOf({ migrations }: DatabaseStatus): string | undefined {
  if (!migrations.every(({ state }) => state === 'ahead' || state === 'upToDate')) return undefined;
  const names = migrations.flatMap(({ ahead }) => ahead);
  const notes = migrations.flatMap((each) => each.notes);
  return names.length === 0 ? undefined : [`${names.length} ahead of this branch: nothing is run.`, ...notes].join(' ');
}

/** What the branch lacks stays told. */
function migratedText({ migrations }: DatabaseStatus): string | undefined {
  const told = migrations.filter(({ state }) => state !== 'upToDate' && state !== 'unknown');
  return told.length === 0 ? undefined : told.map((each) => `${each.tool}: ${migrationWords(each)}`).join('; ');
}

async function migrate(
  run: MakeRun<(typeof after)[number]>,
  about: Pick<Parameters<typeof runMigration>[1], 'identity' | 'worktree' | 'record' | 'file'>,
  notes: UsedBeforeTemplate,
): ReturnType<typeof runMigration> {
  const { ports, prepared, parts, made, tell, signal } = run;
  const { repository, target } = prepared;
  const { identity, worktree } = about;
  const settings = ports.settings();
  const place = { repository, identity, branch: target.branch, settings, openCluster: async () => ports.cluster };
  const variables = await commandVariables(parts, place);
  const { isFound } = made(namespacePart);
  const used = { openFolder: async () => worktree.path, cluster: made(clusterPart), uses: made(usesPart) };
  await startUsedFirst({ ports, prepared, parts, identity, isFound, tell, ...used }, notes, signal);
  const isAlone = prepared.identity?.state !== 'created' && prepared.isAdopted !== true;
  const running = { ...about, isAlone, variables, timeoutSeconds: settings['setup.timeout'], tell };
  const result = await runMigration(ports, running, signal);
  return 'failure' in result ? { failure: withTroubleOfUsed(result.failure, notes) } : result;
}

/** @throws the failure, where the environment was ready before */
function failed(
  { code, message, explanation, remedy }: AppError,
  database: string,
  isUpdate: boolean,
): { readonly value: MigratedDatabase; readonly short: string } {
  const next = `Once that is mended, "coppice database migrate" runs it again on ${database}, and so does the next update.`;
  if (!isUpdate) {
    const lines = (explanation ?? '').split('\n').map((line) => `  ${line}`);
    return { value: { trouble: [message, ...lines, next].join('\n') }, short: message };
  }
  throw new AppError(code, message, {
    explanation: [explanation, `The services were left as they are. ${next}`].filter(Boolean).join('\n'),
    ...(remedy ? { remedy } : {}),
  });
}
