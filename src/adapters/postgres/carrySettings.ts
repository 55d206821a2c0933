import { escapeLiteral } from 'pg';
import { unhurried } from './catalog';
import { identifier, readMark } from './ownership';
import { codeOf } from './postgresErrors';
import type { Session } from './session';

/*
 * What CREATE DATABASE leaves behind of its template: settings of the database and of roles in it, privileges on it, its
 * connection limit, its comment. And what belongs to the role that filled the template and cannot be given to another:
 * default privileges. In a clone all of it is that of the environment's role.
 */

const isBuilder = (name: string): string => `${name} LIKE 'coppice\\_tpl\\_%'`;

/** Whose it was in the source, as a condition of SQL. @param of undefined: the role that built a template */
const isFormer = (name: string, of: string | undefined): string =>
  of === undefined ? isBuilder(name) : `${name} = ${escapeLiteral(of)}`;

/** What a source says of itself. */
interface Carried {
  /** A person's. */
  readonly comment: string | undefined;
  /** Of a template. */
  readonly recipe: string | undefined;
  /** Of a template. */
  readonly migrates: string | undefined;
  readonly rows: number | undefined;
}

interface Clone {
  /** What it is a copy of. */
  readonly template: string;
  /** The clone's name for now. */
  readonly database: string;
  readonly role: string;
  /** Whose the source is, where that is no template: in the clone what is this role's is `role`'s. */
  readonly of?: string;
}

/**
 * Brings over what stands in the catalogs that all databases share.
 *
 * @returns the comment that the template's commands gave it, the recipe that it was built by, and how many rows it has
 */
export async function carrySettings(
  session: Session,
  { template, database, role, of: former }: Clone,
  signal: AbortSignal | undefined,
): Promise<Carried> {
  const [made, name] = [identifier(database), identifier(role)];
  const settings = await session.query<{ holder: string | null; former: boolean; setting: string }>(
    `SELECT r.rolname AS holder, coalesce(${isFormer('r.rolname', former)}, false) AS former, unnest(setconfig) AS setting
       FROM pg_db_role_setting LEFT JOIN pg_roles r ON r.oid = setrole
       WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = $1) OR (setdatabase = 0 AND ${isFormer('r.rolname', former)}
         AND EXISTS (SELECT FROM pg_shdepend s WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = setrole
           AND s.dbid = (SELECT oid FROM pg_database WHERE datname = $1)))
       ORDER BY setdatabase`,
    [template],
    signal,
  );
  for (const { holder, former: isRoles, setting } of settings) {
    const of = isRoles ? name : holder === null ? undefined : identifier(holder);
    const subject = of === undefined ? `DATABASE ${made}` : `ROLE ${of} IN DATABASE ${made}`;
    await carrySetting(session, subject, setting, { role, former }, signal);
  }
  const [found] = await session.query<{ limit: number; comment: string | null }>(
    `SELECT datconnlimit AS limit, shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [template],
    signal,
  );
  const grants = await session.query<{ grantee: string; privilege: string; grantable: boolean }>(
    `SELECT r.rolname AS grantee, privilege_type AS privilege, is_grantable AS grantable
       FROM pg_database d, aclexplode(datacl) JOIN pg_roles r ON r.oid = grantee
       WHERE datname = $1 AND grantee <> datdba AND NOT ${isFormer('r.rolname', former)}`,
    [template],
    signal,
  );
  const statements = [
    unhurried,
    // Whatever the commands said: nobody but the environment and who they named may connect.
    `REVOKE ALL ON DATABASE ${made} FROM PUBLIC`,
    ...(found && found.limit >= 0 ? [`ALTER DATABASE ${made} CONNECTION LIMIT ${Number(found.limit)}`] : []),
    ...grants.map(
      ({ grantee, privilege, grantable }) =>
        `GRANT ${keyword(privilege)} ON DATABASE ${made} TO ${identifier(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`,
    ),
  ];
  await session.query(statements.join(';\n'), [], signal);
  const mark = readMark(found?.comment);
  const { recipe, migrates, rows } = mark?.kind === 'template' ? mark : {};
  return { comment: personsComment(found?.comment ?? undefined), recipe, migrates, rows };
}

/** What a person has said of a database; undefined: nothing. @param comment where it stands, or where a mark of ours has kept it */
export function personsComment(comment: string | undefined): string | undefined {
  const mark = readMark(comment);
  if (!mark) return comment;
  // Templates that were built of a dump of one of ours have kept its words as a person's.
  return mark.kind === 'environment' ? undefined : personsComment(mark.comment);
}

async function carrySetting(
  session: Session,
  subject: string,
  setting: string,
  { role, former }: { readonly role: string; readonly former: string | undefined },
  signal: AbortSignal | undefined,
): Promise<void> {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  try {
    if (listSettings.has(name)) {
      // A list of names is no text: it is handed over as it is, by way of this session.
      await session.query('BEGIN', [], signal);
      await session.query('SELECT set_config($1, $2, true)', [name, value], signal);
      await session.query(`ALTER ${subject} SET ${identifier(name)} FROM CURRENT; COMMIT`, [], signal);
    } else {
      const text = name === 'role' && (/^"?coppice_tpl_/.test(value) || value === former) ? role : value;
      await session.query(`ALTER ${subject} SET ${identifier(name)} TO ${escapeLiteral(text)}`, [], signal);
    }
  } catch (error) {
    if (listSettings.has(name)) await session.query('ROLLBACK');
    // A superuser set it or its role, which this administrator is not.
    if (codeOf(error) !== '42501') throw error;
  }
}

/** Settings whose value is a list of quoted names (GUC_LIST_QUOTE in the server). */
const listSettings = new Set([
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
]);

/** @param session in the clone, which the builder, or the role `of`, still owns things in */
export async function carryDefaultPrivileges(
  session: Session,
  role: string,
  signal: AbortSignal | undefined,
  of?: string,
): Promise<void> {
  const rows = await session.query<{ schema: string | null; kind: string; grants: DefaultGrant[] | null }>(
    `SELECT nspname AS schema, defaclobjtype AS kind,
       (SELECT json_agg(json_build_object('grantee', g.rolname, 'public', grantee = 0, 'former', ${isFormer('g.rolname', of)},
           'privilege', privilege_type, 'grantable', is_grantable))
          FROM aclexplode(defaclacl) LEFT JOIN pg_roles g ON g.oid = grantee) AS grants
       FROM pg_default_acl JOIN pg_roles r ON r.oid = defaclrole LEFT JOIN pg_namespace n ON n.oid = defaclnamespace
       WHERE ${isFormer('r.rolname', of)}`,
    [],
    signal,
  );
  const name = identifier(role);
  for (const { schema, kind, grants } of rows) {
    const objects = objectKinds[kind];
    if (objects === undefined) continue;
    const prefix = `ALTER DEFAULT PRIVILEGES FOR ROLE ${name}${schema === null ? '' : ` IN SCHEMA ${identifier(schema)}`}`;
    const statements = (grants ?? []).flatMap((grant) => {
      const grantee = grant.public ? 'PUBLIC' : grant.former ? name : grant.grantee && identifier(grant.grantee);
      if (!grantee) return [];
      const option = grant.grantable ? ' WITH GRANT OPTION' : '';
      return [`${prefix} GRANT ${keyword(grant.privilege)} ON ${objects} TO ${grantee}${option}`];
    });
    // Those of all schemas stand in the place of what PostgreSQL itself gives, those of one are added to it.
    const anew =
      schema === null ? ['PUBLIC', name].map((from) => `${prefix} REVOKE ALL ON ${objects} FROM ${from}`) : [];
    await session.query([...anew, ...statements].join(';\n'), [], signal);
  }
}

interface DefaultGrant {
  readonly grantee: string | null;
  readonly public: boolean;
  readonly former: boolean | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** Letters of pg_default_acl. */
const objectKinds: Readonly<Record<string, string>> = {
  r: 'TABLES',
  S: 'SEQUENCES',
  f: 'FUNCTIONS',
  T: 'TYPES',
  n: 'SCHEMAS',
  L: 'LARGE OBJECTS',
};

/** A privilege as the server calls it, which is a word of SQL and no name. */
function keyword(privilege: string): string {
  if (!/^[A-Z ]+$/.test(privilege)) throw new Error(`no privilege: ${privilege}`);
  return privilege;
}
