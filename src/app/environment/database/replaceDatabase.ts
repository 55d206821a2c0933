import { assertSnapshotName, keptSnapshotNamed, snapshotNamed } from '../../../core/databases/databaseSnapshots';
import { isAbort, isAppError } from '../../../core/errors';
import type { Owner } from '../../../core/model';
import type { ReplacedDatabase } from '../../../core/ports/databaseSnapshots';
import type { WakePorts } from '../../services/wakeEnvironment';
import type { Run, UseCase } from '../../run/run';
import { runSteps } from '../../run/steps';
import { branchMigrations, migrateIfDue, type BranchMigrations } from '../commands/migrateIfDue';
import { nextMigration, unmigrated } from '../commands/unmigrated';
import { commandVariables } from '../parts/commandVariables';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import { prepareTemplate, type PreparedTemplate, type RefreshTemplatePorts } from '../template/refreshTemplate';
import { refuseProtected } from './protectDatabase';
import { databaseIn, type DatabaseAt, type DatabaseAtPorts } from './databaseAt';
import { restorable, type SnapshotAt } from './snapshots';
import { worktreeAt } from '../../worktrees/worktreeAt';
import { whileAsleep, type AfterSleep } from './whileAsleep';

export type RestorePorts = DatabaseAtPorts & WakePorts;
export type ResetPorts = RestorePorts & RefreshTemplatePorts;

export interface Replaced extends AfterSleep<ReplacedDatabase> {
  /** Why it lacks what the worktree's own migrations make: a line, and more of them for who wants to know. undefined: nobody was to bring them, or they are there */
  readonly unmigrated?: string | undefined;
}

/**
 * Brings back a state that an environment's database once had. What it has now becomes a snapshot first, and the one that is brought back
 * stays. Services sleep meanwhile; cut off at any point it can be done again.
 *
 * @throws invalidInput; notFound naming those that there are; conflict
 */
export function restoreSnapshot(ports: RestorePorts): UseCase<SnapshotAt, Replaced> {
  return async (at, run) => {
    const { signal } = run;
    assertSnapshotName(at.name);
    const here = await worktreeAt(ports, at.path, signal);
    const found = databaseIn(ports, at.path, here);
    return whileAsleep(ports, at, 'its database is restored', run, {
      found: here,
      look: async () => {
        await refuseProtected(ports.databases, found, signal);
        await verifyRestorable(ports, found, at.name, signal);
      },
      work: (beforeReplace) => ports.databases.restoreSnapshot({ ...found, name: at.name, beforeReplace }, signal),
    });
  };
}

/** @throws notFound naming those that there are; conflict where several are called so */
async function verifyRestorable(
  { databases }: DatabaseAtPorts,
  { owner }: { readonly owner: Owner },
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const own = await databases.listSnapshots(owner, signal);
  if (own.some((each) => each.name === name)) return;
  const kept = await databases.listKeptSnapshots(owner.repositoryId, signal);
  if (kept.some((each) => each.name === name || each.database === name)) return void keptSnapshotNamed(kept, name);
  snapshotNamed(await restorable(databases, owner, signal), name);
}

/**
 * Puts a new clone of the template, as its recipe says it now, in the place of an environment's database, and brings the worktree's own
 * migrations to it. What it has now becomes a snapshot first. Services sleep meanwhile; cut off at any point it can be done again.
 *
 * @throws notFound, conflict; as refreshTemplate, where the template has to be built
 */
export function resetDatabase(
  ports: ResetPorts,
  parts: readonly Part[] = environmentParts,
): UseCase<DatabaseAt, Replaced & { readonly template: string }> {
  return async (at, run) => {
    const { signal } = run;
    const here = await worktreeAt(ports, at.path, signal);
    const found = databaseIn(ports, at.path, here);
    await refuseProtected(ports.databases, found, signal);
    // Before anything sleeps: it may take long, and be refused.
    const prepared = await prepareTemplate(ports, parts, { found: here, anew: false }, run);
    const { name: template } = prepared;
    const { value, woken } = await whileAsleep(ports, at, 'its database is reset', run, {
      found: prepared.isAtOnce ? here : undefined,
      look: () => Promise.resolve(),
      work: async (beforeReplace) => {
        const branch = readBranch(ports, prepared, signal);
        const replaced = await ports.databases.resetDatabase({ ...found, template, beforeReplace }, signal);
        return { replaced, trouble: await migrate(ports, parts, prepared, branch, run) };
      },
    });
    return { value: value.replaced, woken, template, unmigrated: value.trouble };
  };
}

/** While services fall asleep and the database is made. What fails there is told by who waits for it. */
function readBranch(
  ports: ResetPorts,
  { worktree, identity, file }: PreparedTemplate,
  signal: AbortSignal,
): Promise<BranchMigrations> | undefined {
  if (!identity?.parts.database || file.database.migrate === undefined) return undefined;
  const reading = branchMigrations(ports, worktree.path, file.database, signal);
  reading.catch(() => undefined);
  return reading;
}

/** What has come to be the database's stays so. @returns why it lacks what the worktree's migrations make */
async function migrate(
  ports: ResetPorts,
  parts: readonly Part[],
  { repository, worktree, identity, file }: PreparedTemplate,
  branch: Promise<BranchMigrations> | undefined,
  run: Run,
): Promise<string | undefined> {
  const record = identity?.parts.database;
  if (!record || branch === undefined) return undefined;
  const building: RefreshTemplatePorts = ports;
  const settings = building.settings();
  const place = { repository, identity, branch: worktree.branch, settings, openCluster: ports.openCluster };
  const about = { repositoryId: repository.id, worktree, identity, record, file, branch, isAlone: true };
  let trouble: string | undefined;
  const step = {
    ...{ id: 'migrate', title: 'Migrate the database', after: [] },
    run: async ({ tell, signal }: { readonly tell: (line: string) => void; readonly signal: AbortSignal }) => {
      const variables = () => commandVariables(parts, place);
      const due = { ...about, variables, timeoutSeconds: settings['setup.timeout'], tell };
      const result = await migrateIfDue(ports, due, signal);
      const told = unmigrated(result, record.database);
      trouble = told?.trouble;
      return told ? { short: told.short } : 'detail' in result ? result.detail : undefined;
    },
  };
  try {
    await runSteps([step], run, ports.clock);
  } catch (error) {
    if (!isAppError(error) && !isAbort(error)) throw error;
    const why = isAppError(error) ? error.message : 'It was cancelled.';
    return `The branch's own migrations are not in it. ${why} ${nextMigration(record.database)}`;
  }
  return trouble;
}
