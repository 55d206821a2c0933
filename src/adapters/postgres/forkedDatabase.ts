import type { EnvironmentDatabase } from '../../core/ports/databaseSnapshots';
import type { ServerFacts } from './catalog';
import { carrySettings, personsComment } from './carrySettings';
import { copying, copyStrategy } from './copyStrategy';
import { readDefinitions, takeBaseline, type DatabaseBaseline } from './databaseBaseline';
import { handOver } from './handOver';
import { identifier } from './ownership';
import type { AdminConnection } from './postgresServer';
import { presentDatabase } from './presentDatabase';
import { readChanges } from './readChanges';
import { withSession, type Session } from './session';
import { withoutSessions } from './withoutSessions';

export interface CopiedDatabase {
  /** A person's. */
  readonly comment: string | undefined;
  readonly baseline: DatabaseBaseline | undefined;
  readonly recipe: string | undefined;
  readonly migrated: string | undefined;
  /** What it is like now. */
  readonly restored: DatabaseBaseline;
}

/**
 * Makes a database of a role's of what another environment's has now, whole but for its name and the comments. To be called by the holder
 * of the locks of both.
 *
 * @param temporary what it is called for now
 * @throws conflict, notFound as presentDatabase
 */
export async function copyPresent(
  connection: AdminConnection,
  session: Session,
  { role, from }: { readonly role: string; readonly from: EnvironmentDatabase },
  temporary: string,
  server: ServerFacts,
  signal: AbortSignal | undefined,
): Promise<CopiedDatabase> {
  const { mark, comment } = await presentDatabase(session, from);
  const [made, name, source] = [temporary, role, from.database].map(identifier);
  const strategy = await copyStrategy(session, from.database, server);
  const create = `CREATE DATABASE ${made} OWNER ${name} TEMPLATE ${source}${strategy}`;
  await withoutSessions(connection, from.database, signal, (either) =>
    copying(session, strategy, () => session.query(create, [], either)),
  );
  await carrySettings(session, { template: from.database, database: temporary, role, of: from.role }, signal);
  return withSession(connection, temporary, signal, async (inside) => {
    // Of what was written before the server has no counts here.
    const since = mark.baseline && { ...mark.baseline, countedSince: '' };
    const { kind } = since ? await readChanges(inside, since, signal) : { kind: 'unknown' };
    const isDefined = since !== undefined && (await isAsDefined(inside, since, signal));
    await handOver(inside, from, role, signal);
    const restored = await takeBaseline(inside, signal);
    // What nobody has written to is as good as a clone; in all else is what only the two of them have. Its definitions have just been
    // written, by which nobody has changed them.
    const baseline =
      kind === 'unchanged'
        ? { ...restored, rows: since?.rows }
        : isDefined
          ? { ...since, defined: restored.transaction, objects: restored.objects }
          : since;
    const { recipe, migrated } = mark;
    return { comment: personsComment(comment), baseline, recipe, migrated, restored };
  });
}

/** Whether nobody has defined anything since. */
export async function isAsDefined(
  inside: Session,
  { defined, transaction, objects }: DatabaseBaseline,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const now = await readDefinitions(inside, defined ?? transaction, signal);
  return now.newer === 0 && now.objects === objects;
}
