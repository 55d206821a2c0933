import { dropDatabase } from './catalog';
import { dropOverdue } from './keptDatabases';
import { identifier, lockKey, readMadeName } from './ownership';
import { codeOf } from './postgresErrors';
import { dropSlotsAside } from './replicationSlots';
import type { Session } from './session';

/**
 * Drops what nobody comes back for: what attempts left behind whose makers are gone, databases under temporary names, then roles that own
 * nothing; and what was kept for an undo whose time is over. What somebody holds is left to the next run: whoever makes or drops a
 * database waits a moment for it, and not for their transaction to end.
 */
export async function dropLeftovers(session: Session): Promise<void> {
  await session.query("SET lock_timeout = '1s'");
  try {
    await dropAll(session);
  } finally {
    // Of a session that is gone the first error is told.
    await session.query('RESET lock_timeout').catch(() => undefined);
  }
}

async function dropAll(session: Session): Promise<void> {
  await dropEach(session, `SELECT datname AS name FROM pg_database WHERE datname LIKE 'coppice\\_tmp\\_%'`, (name) =>
    dropDatabase(session, name),
  );
  await dropEach(
    session,
    `SELECT rolname AS name FROM pg_roles r WHERE rolname LIKE 'coppice\\_tpl\\_%' AND NOT EXISTS
       (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o')`,
    (name) => session.query(`DROP ROLE IF EXISTS ${identifier(name)}`),
  );
  await dropEach(session, `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'coppice\\_kept\\_%'`, (name) =>
    dropOverdue(session, name),
  );
  await dropSlotsAside(session);
}

async function dropEach(session: Session, names: string, drop: (name: string) => Promise<unknown>): Promise<void> {
  for (const { name } of await session.query<{ name: string }>(names)) {
    const made = readMadeName(name);
    if (!made) continue;
    const key = lockKey(made.hash);
    const [lock] = await session.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS free`);
    if (!lock?.free) continue;
    try {
      await drop(name);
    } catch (error) {
      // Something depends on it still, another process drops it right now or holds it, or another administrator made it.
      if (!['2BP01', '55006', '55P03', '42704', '3D000', '42501', 'XX000'].includes(codeOf(error) ?? '')) throw error;
    } finally {
      await session.query(`SELECT pg_advisory_unlock(${key})`);
    }
  }
}
