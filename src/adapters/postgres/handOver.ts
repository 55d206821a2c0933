import { AppError } from '../../core/errors';
import { carryDefaultPrivileges } from './carrySettings';
import { unhurried } from './catalog';
import { identifier } from './ownership';
import type { Session } from './session';
import { userMappings } from './userMappings';

/*
 * A copy of an environment's database is another role's. What is in it is given to that role, and nothing there is left that the first
 * one has: as long as it had, it could not be dropped. The statements that do so, REASSIGN OWNED and DROP OWNED, reach what all
 * databases share, too: the first role's own database would go to the other, and what it was granted elsewhere would be taken away. That
 * is put back in the same transaction, so that nobody ever sees it gone.
 */

/**
 * @param inside a session in the copy, in which nobody else is
 * @param from whose all of it is so far @param to whose it becomes
 * @throws failed where something would be left, or lost elsewhere: nothing was changed then
 */
export async function handOver(
  inside: Session,
  { role: from }: { readonly role: string },
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [old, own] = [identifier(from), identifier(to)];
  await inside.query(`BEGIN; ${unhurried}`, [], signal);
  try {
    const before = await dependencies(inside, from, signal);
    await carryDefaultPrivileges(inside, to, signal, from);
    const carried = [...(await grantsOf(inside, from, own, signal)), ...(await policiesOf(inside, from, own, signal))];
    const mappings = await userMappings(inside, from, to, signal);
    const shared = await sharedOf(inside, from, signal);
    // First: a function is given to nobody who may not create any in its schema.
    const schemas = (await schemasOf(inside, from, signal)).map((name) => `ALTER SCHEMA ${name} OWNER TO ${own}`);
    const statements = [...schemas, `REASSIGN OWNED BY ${old} TO ${own}`, ...shared.owned, ...carried, ...mappings];
    await inside.query([...statements, `DROP OWNED BY ${old}`, ...shared.granted].join(';\n'), [], signal);
    const after = await dependencies(inside, from, signal);
    if (after.here > 0 || after.shared !== before.shared)
      throw new AppError(
        'failed',
        `The role ${from} has rights on the server, or in its database, that nobody but an administrator can hand over.`,
      );
    await inside.query('COMMIT', [], signal);
  } catch (error) {
    await inside.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** How much depends on a role in this database, and of what all databases share. */
async function dependencies(
  inside: Session,
  role: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly here: number; readonly shared: number }> {
  const [row] = await inside.query<{ here: number; shared: number }>(
    `SELECT count(*) FILTER (WHERE dbid <> 0)::int AS here, count(*) FILTER (WHERE dbid = 0)::int AS shared
       FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)
         AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))`,
    [role],
    signal,
  );
  return row ?? { here: 0, shared: 0 };
}

/** Quoted. */
async function schemasOf(inside: Session, role: string, signal: AbortSignal | undefined): Promise<string[]> {
  const rows = await inside.query<{ name: string }>(
    `SELECT quote_ident(nspname) AS name FROM pg_namespace JOIN pg_roles r ON r.oid = nspowner
       WHERE rolname = $1 AND nspname !~ '^pg_' ORDER BY 1`,
    [role],
    signal,
  );
  return rows.map(({ name }) => name);
}

/** What the role was granted on things that are not its own, as grants to another. */
async function grantsOf(inside: Session, role: string, to: string, signal: AbortSignal | undefined): Promise<string[]> {
  const rows = await inside.query<{ kind: string; name: string; privilege: string; grantable: boolean }>(
    `WITH granted (kind, name, acl, owner) AS (
       SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass::text, relacl, relowner FROM pg_class
       UNION ALL SELECT 'SCHEMA', quote_ident(nspname), nspacl, nspowner FROM pg_namespace
       UNION ALL SELECT 'ROUTINE', oid::regprocedure::text, proacl, proowner FROM pg_proc
       UNION ALL SELECT 'TYPE', oid::regtype::text, typacl, typowner FROM pg_type WHERE typtype <> 'm'
       UNION ALL SELECT 'LANGUAGE', quote_ident(lanname), lanacl, lanowner FROM pg_language
       UNION ALL SELECT 'FOREIGN SERVER', quote_ident(srvname), srvacl, srvowner FROM pg_foreign_server
       UNION ALL SELECT 'FOREIGN DATA WRAPPER', quote_ident(fdwname), fdwacl, fdwowner FROM pg_foreign_data_wrapper
       UNION ALL SELECT 'LARGE OBJECT', oid::text, lomacl, lomowner FROM pg_largeobject_metadata)
     SELECT kind, name, privilege_type AS privilege, is_grantable AS grantable FROM granted, aclexplode(acl)
       JOIN pg_roles r ON r.oid = grantee WHERE rolname = $1 AND grantee <> owner
     UNION ALL SELECT 'TABLE', attrelid::regclass::text, privilege_type || ' (' || quote_ident(attname) || ')', is_grantable
       FROM pg_attribute, aclexplode(attacl) JOIN pg_roles r ON r.oid = grantee WHERE rolname = $1`,
    [role],
    signal,
  );
  return rows.map(({ kind, name, privilege, grantable }) => grant(`${kind} ${name}`, privilege, to, grantable));
}

/** The policies that are for the role, as those for another. */
async function policiesOf(
  inside: Session,
  role: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const rows = await inside.query<{ policy: string; relation: string; others: string[] }>(
    `SELECT quote_ident(polname) AS policy, polrelid::regclass::text AS relation,
       array(SELECT quote_ident(o.rolname) FROM pg_roles o WHERE o.oid = ANY (polroles) AND o.oid <> r.oid) AS others
       FROM pg_policy JOIN pg_roles r ON r.oid = ANY (polroles) WHERE r.rolname = $1`,
    [role],
    signal,
  );
  return rows.map(
    ({ policy, relation, others }) => `ALTER POLICY ${policy} ON ${relation} TO ${[to, ...others].join(', ')}`,
  );
}

/** What is the role's of what all databases share, as the statements that make it the role's again. */
async function sharedOf(
  inside: Session,
  role: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly owned: string[]; readonly granted: string[] }> {
  const shared = `(SELECT 'DATABASE' AS kind, datname AS name, datdba AS owner, datacl AS acl FROM pg_database
    UNION ALL SELECT 'TABLESPACE', spcname, spcowner, spcacl FROM pg_tablespace) s`;
  const owned = await inside.query<{ kind: string; name: string }>(
    `SELECT kind, name FROM ${shared} JOIN pg_roles r ON r.oid = owner WHERE rolname = $1`,
    [role],
    signal,
  );
  const granted = await inside.query<{ kind: string; name: string; privilege: string; grantable: boolean }>(
    `SELECT kind, name, privilege_type AS privilege, is_grantable AS grantable
       FROM ${shared}, aclexplode(acl) JOIN pg_roles r ON r.oid = grantee WHERE rolname = $1 AND grantee <> owner`,
    [role],
    signal,
  );
  const again = identifier(role);
  return {
    owned: owned.map(({ kind, name }) => `ALTER ${kind} ${identifier(name)} OWNER TO ${again}`),
    granted: granted.map(({ kind, name, privilege, grantable }) =>
      grant(`${kind} ${identifier(name)}`, privilege, again, grantable),
    ),
  };
}

/** Of names that are quoted, and of privileges as the server calls them. */
function grant(what: string, privilege: string, to: string, grantable: boolean): string {
  return `GRANT ${privilege} ON ${what} TO ${to}${grantable ? ' WITH GRANT OPTION' : ''}`;
}
