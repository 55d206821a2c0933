import { traitsOf } from '../../../core/clusterTraits';
import { databaseSecret } from '../../../core/databases/databaseSecret';
import { databaseEnvironment, databaseVariableNames } from '../../../core/databases/databaseEnvironment';
import { AppError, isAppError } from '../../../core/errors';
import { namesFromSlug } from '../../../core/naming';
import { isProtectedError } from '../../../core/ports/repositoryDatabases';
import { databaseLoss } from '../../databases/databaseLoss';
import { environmentLock, withLock } from '../../run/withLock';
import { isOwnDatabase, recordedDatabase } from './databaseRecord';
import { databaseServerPart } from './databaseServerPart';
import { shownDatabase } from './shownDatabase';
import { machineDatabaseUrl } from './machineDatabaseUrl';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import type { Found, LookRun } from './removal';
import { templatePart } from './templatePart';

const hourMs = 3600_000;

export interface ClonedDatabase {
  /** Services that run know an old DATABASE_URL. */
  readonly hasNewUrl: boolean;
}

/** An environment's own database, cloned from the template. */
export const databasePart = definePart({
  id: 'database',
  after: [templatePart, namespacePart, databaseServerPart],
  title: 'Clone the database',
  wanted: ({ file }) => file.database !== undefined,
  holder: ({ database }, { databases }, signal) => databases.owner(database, signal),
  plan: ({ names: { database, databaseRole: role }, prepared: { file, databaseFrom } }) => ({
    record: {
      ...{ provider: 'postgres', database, role },
      ...(file.database?.url && { url: file.database.url }),
      ...(databaseFrom && { from: databaseFrom.owner.worktreeId }),
    },
    annotations: { database },
  }),
  fromAnnotations({ database, slug = '' }) {
    return database === undefined
      ? undefined
      : { provider: 'postgres', database, role: namesFromSlug(slug).databaseRole };
  },
  /** Whether there was no database before this run. */
  notes: () => ({ isNew: false }),
  async make({ ports, prepared, made, signal }, notes) {
    const { databases, cluster } = ports;
    const { identity } = made(namespacePart);
    const { owner, names } = identity;
    const { database, role } = recordedDatabase(identity.parts);
    const [holder, secret] = await Promise.all([
      databases.owner(database, signal),
      cluster.readSecret(names.namespace, databaseSecret, signal),
    ]);
    const url = secret?.['DATABASE_URL'];
    // A clone that is found gets a new password, which running pods would not know.
    const { podsSee: from } = traitsOf(identity.cluster);
    const result = (detail: string, hasNewUrl: boolean) => {
      const value: ClonedDatabase = { hasNewUrl };
      return { value, detail };
    };
    if (isOwnDatabase(holder, owner) && url !== undefined && (await databases.isCurrent(url, from, signal))) {
      // An environment of an earlier version knows the URL only.
      if (databaseVariableNames.some((name) => secret?.[name] === undefined))
        await cluster.putSecret(names.namespace, databaseSecret, databaseEnvironment(url), owner, signal);
      return result(`${database}, kept`, false);
    }
    // What a delete has kept is not new, nor what has snapshots: a create that fails leaves it.
    if (holder === undefined) {
      const [isKept, snapshots] = await Promise.all([
        databases.isKept(owner, signal),
        databases.listSnapshots(owner, signal),
      ]);
      notes.isNew = isKept !== true && snapshots.length === 0;
    }
    const template = made(templatePart);
    if (template === undefined) throw new AppError('bug', 'A database was asked for without a template.');
    const source = prepared.databaseFrom;
    const cloned = () =>
      databases.clone({ database, role, template, owner, ...(source ? { from: source } : {}) }, signal);
    const what = `its database is copied for ${names.slug}`;
    const clone = await (source ? withLock(ports.locks, environmentLock(source.owner), what, cloned) : cloned());
    // What runs in the embedded cluster runs on this machine.
    const serviceUrl = from === 'machine' ? clone.url : await databases.podUrl(clone.url, signal);
    await cluster.putSecret(names.namespace, databaseSecret, databaseEnvironment(serviceUrl), owner, signal);
    if (clone.broughtBack) return result(`${database}, as it was before the delete`, url !== undefined);
    if (clone.created && source)
      return result(`${database}, a copy of what ${source.database} has now`, url !== undefined);
    if (clone.created) return result(database, url !== undefined);
    if (url !== undefined) return result(`${database}, kept, at its new address`, true);
    return result(`${database}, found from an earlier try`, false);
  },
  /** One that somebody else made meanwhile is left alone. */
  async undo({ ports: { databases }, made, signal }, { isNew }) {
    if (!isNew) return;
    const { owner, parts } = made(namespacePart).identity;
    const { database, role } = recordedDatabase(parts);
    const holder = await databases.owner(database, signal);
    if (holder !== undefined && !isOwnDatabase(holder, owner)) return;
    try {
      // Without a database there may be its role: where the server died as it made both.
      await databases.drop({ database, role, owner }, signal);
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
    }
  },
  look: lost,
  async lookAgain(run) {
    return run.accepted.includes('database') ? { losses: [] } : ((await lost(run)) ?? { losses: [] });
  },
  async confirm({ ports, environment, signal }) {
    if (environment) await ports.databases.owner(recordedDatabase(environment.parts).database, signal);
  },
  remove({ ports, environment, worktree }) {
    if (!environment) return [];
    // With a worktree that can be brought back its database can; who deletes the environment alone wants a new one.
    const isUndoable = worktree !== undefined && !worktree.isKept;
    const keepMs = isUndoable ? ports.settings()['trash.hours'] * hourMs : 0;
    const { owner, parts } = environment;
    const { database, role } = recordedDatabase(parts);
    const place = worktree === undefined ? {} : { repository: worktree.repository.root };
    return [
      {
        phase: 'data',
        id: 'database',
        title: keepMs > 0 ? `Put the database ${database} into the trash` : `Drop the database ${database}`,
        run: ({ signal }) => ports.databases.drop({ database, role, owner, keepMs, ...place }, signal),
      },
    ];
  },
  status: shownDatabase,
  async machineVariables({ ports, identity, access, signal }) {
    const url = await machineDatabaseUrl(ports, identity, access, signal);
    return url ? databaseEnvironment(url, identity.parts.database?.url) : {};
  },
  values: ({ file }) => (file.database ? { databaseSecret } : {}),
});

async function lost({ ports, environment, worktree, onUntold, signal }: LookRun): Promise<Found | undefined> {
  const recorded = environment?.parts.database;
  // What has been kept for it is of no interest: this is asked of a server that runs only.
  if (recorded && onUntold && (await ports.databases.isKept(environment.owner, signal)) === undefined) {
    onUntold('database');
    return { losses: [] };
  }
  const found =
    recorded && (await databaseLoss(ports.databases, { database: recorded.database, ...environment.owner }, signal));
  // Whatever was accepted, and before anything of the environment goes.
  if (recorded && (await ports.databases.isProtected({ ...recorded, owner: environment.owner }, signal)) === true)
    throw isProtectedError(recorded.database);
  if (!found || found.losses.length === 0 || !worktree || worktree.isKept) return found;
  // Its rows come back with the worktree, or not at all.
  if (await ports.worktrees.canBeUndone(worktree.repository, worktree.worktree)) return found;
  return { ...found, losses: found.losses.map((loss) => ({ ...loss, isForGood: true })) };
}
