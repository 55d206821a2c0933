/**
 * SQL that gives rows of `SchemaRow`. It names catalogues, functions and operators of pg_catalog only, where the search path leads alone:
 * whatever somebody has defined in the database is written out by PostgreSQL and never run.
 */
export type SchemaQuery = string;

export interface SchemaRow {
  readonly kind: string;
  readonly name: string;
  readonly part: string;
  readonly item: string;
  readonly place: number;
  /** null: there is nothing to say of it, but that the object is there. */
  readonly text: string | null;
}

/** Not those of the server itself, nor those of a session. @param alias of pg_namespace */
export function ownNamespace(alias: string): string {
  return `${alias}.nspname !~ '^pg_' AND ${alias}.nspname <> 'information_schema'`;
}

/** Whether it came with an extension, or is an inner part of something else. */
export function isMember(catalogue: string, oid: string): string {
  return `EXISTS (SELECT FROM pg_depend WHERE classid = '${catalogue}'::regclass AND objid = ${oid}
    AND (deptype = 'e' OR deptype = 'i' AND classid IN ('pg_proc'::regclass, 'pg_type'::regclass) AND refclassid = 'pg_type'::regclass))`;
}

export function kindOfRelation(relkind: string): string {
  return `CASE ${relkind} WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
    WHEN 'c' THEN 'type' WHEN 'S' THEN 'sequence' ELSE 'table' END`;
}

/** What differs from what a sequence is without a word, or NULL. @param s alias of pg_sequence */
export function sequenceText(s: string): string {
  const least = `CASE ${s}.seqtypid WHEN 21 THEN -32768 WHEN 23 THEN -2147483648 ELSE -9223372036854775808 END`;
  const most = `CASE ${s}.seqtypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 ELSE 9223372036854775807 END`;
  return `nullif(concat_ws(' ',
    CASE WHEN ${s}.seqtypid <> 20 THEN 'AS ' || format_type(${s}.seqtypid, NULL) END,
    CASE WHEN ${s}.seqincrement <> 1 THEN 'INCREMENT BY ' || ${s}.seqincrement END,
    CASE WHEN ${s}.seqmin <> CASE WHEN ${s}.seqincrement > 0 THEN 1 ELSE ${least} END THEN 'MINVALUE ' || ${s}.seqmin END,
    CASE WHEN ${s}.seqmax <> CASE WHEN ${s}.seqincrement > 0 THEN ${most} ELSE -1 END THEN 'MAXVALUE ' || ${s}.seqmax END,
    CASE WHEN ${s}.seqstart <> CASE WHEN ${s}.seqincrement > 0 THEN ${s}.seqmin ELSE ${s}.seqmax END THEN 'START WITH ' || ${s}.seqstart END,
    CASE WHEN ${s}.seqcache <> 1 THEN 'CACHE ' || ${s}.seqcache END, CASE WHEN ${s}.seqcycle THEN 'CYCLE' END), '')`;
}

/** Rows `item`, `text`: who but the owner may do what. @param kind as acldefault takes it, as a literal */
export function aclText(acl: string, kind: string, owner: string): string {
  return `(SELECT CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE coalesce((SELECT quote_ident(rolname) FROM pg_roles WHERE pg_roles.oid = x.grantee),
        x.grantee::text) END AS item,
      string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY x.privilege_type) AS text
    FROM (SELECT DISTINCT grantee, privilege_type, is_grantable FROM aclexplode(coalesce(${acl}, acldefault(${kind}, ${owner})))) x
    WHERE x.grantee <> ${owner} GROUP BY x.grantee)`;
}
