import { escapeLiteral } from 'pg';
import { aclText, isMember, ownNamespace, type SchemaQuery } from './queryParts';

const qualified = (namespace: string, name: string): string =>
  `quote_ident(${namespace}.nspname) || '.' || quote_ident(${name})`;

const optionsText = (options: string): string => `'OPTIONS (' || nullif(array_to_string(${options}, ', '), '') || ')'`;

const collations: SchemaQuery = `SELECT 'collation' AS kind, ${qualified('n', 'collname')} AS name, 'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', 'PROVIDER ' || quote_literal(collprovider::text),
      'LOCALE ' || quote_literal(coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale', collcollate)),
      CASE WHEN collctype <> collcollate THEN 'LC_CTYPE ' || quote_literal(collctype::text) END,
      'RULES ' || quote_literal(to_jsonb(l) ->> 'collicurules'), CASE WHEN NOT collisdeterministic THEN 'NOT DETERMINISTIC' END) AS text
  FROM pg_collation l JOIN pg_namespace n ON n.oid = collnamespace WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_collation', 'l.oid')}`;

const operators: SchemaQuery = `SELECT 'operator' AS kind, quote_ident(n.nspname) || '.' || oprname || '('
      || coalesce(format_type(nullif(oprleft, 0), NULL), 'NONE') || ', ' || coalesce(format_type(nullif(oprright, 0), NULL), 'NONE') || ')' AS name,
    'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', 'FUNCTION ' || nullif(oprcode::oid, 0)::regprocedure::text, 'COMMUTATOR ' || nullif(oprcom, 0)::regoperator::text,
      'NEGATOR ' || nullif(oprnegate, 0)::regoperator::text, 'RESTRICT ' || nullif(oprrest::oid, 0)::regproc::text,
      'JOIN ' || nullif(oprjoin::oid, 0)::regproc::text, CASE WHEN oprcanhash THEN 'HASHES' END, CASE WHEN oprcanmerge THEN 'MERGES' END) AS text
  FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_operator', 'o.oid')}`;

/** With all of its family. */
const operatorClasses: SchemaQuery = `SELECT 'operator class' AS kind, ${qualified('n', 'opcname')} || ' USING ' || quote_ident(amname) AS name,
    'definition' AS part, '' AS item, 0 AS place, concat_ws(' ', 'FOR TYPE ' || format_type(opcintype, NULL), CASE WHEN opcdefault THEN 'DEFAULT' END,
      'STORAGE ' || format_type(nullif(opckeytype, 0), NULL)) || concat(
      (SELECT string_agg(E'\\nOPERATOR ' || amopstrategy || ' ' || amopopr::regoperator::text, '' ORDER BY amopstrategy, amopopr::regoperator::text)
        FROM pg_amop WHERE amopfamily = opcfamily),
      (SELECT string_agg(E'\\nFUNCTION ' || amprocnum || ' ' || amproc::oid::regprocedure::text, '' ORDER BY amprocnum, amproc::oid::regprocedure::text)
        FROM pg_amproc WHERE amprocfamily = opcfamily)) AS text
  FROM pg_opclass o JOIN pg_namespace n ON n.oid = opcnamespace JOIN pg_am a ON a.oid = opcmethod
    WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_opclass', 'o.oid')}`;

/** Of no schema: what is not the server's own has come later. A range brings its own. */
const casts: SchemaQuery = `SELECT 'cast' AS kind, format_type(castsource, NULL) || ' AS ' || format_type(casttarget, NULL) AS name,
    'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', CASE castmethod WHEN 'f' THEN 'WITH FUNCTION ' || castfunc::regprocedure::text WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
      CASE castcontext WHEN 'a' THEN 'AS ASSIGNMENT' WHEN 'i' THEN 'AS IMPLICIT' END) AS text
  FROM pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS
    (SELECT FROM pg_depend WHERE classid = 'pg_cast'::regclass AND objid = c.oid AND deptype IN ('e', 'i'))`;

const dictionaries: SchemaQuery = `SELECT 'text search dictionary' AS kind, ${qualified('n', 'dictname')} AS name, 'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', 'TEMPLATE ' || ${qualified('m', 'tmplname')}, dictinitoption) AS text
  FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = dictnamespace JOIN pg_ts_template t ON t.oid = dicttemplate
    JOIN pg_namespace m ON m.oid = tmplnamespace WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_ts_dict', 'd.oid')}`;

/** Kinds of tokens by their numbers: their names would have to be asked of the parser. */
const configurations: SchemaQuery = `SELECT 'text search configuration' AS kind, ${qualified('n', 'cfgname')} AS name, 'definition' AS part, '' AS item, 0 AS place,
    'PARSER ' || ${qualified('m', 'prsname')} || coalesce((SELECT string_agg(E'\\nTOKEN ' || maptokentype || ' WITH ' || mapdict::regdictionary::text, ''
      ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg = c.oid), '') AS text
  FROM pg_ts_config c JOIN pg_namespace n ON n.oid = cfgnamespace JOIN pg_ts_parser p ON p.oid = cfgparser
    JOIN pg_namespace m ON m.oid = prsnamespace WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_ts_config', 'c.oid')}`;

const publications: SchemaQuery = `SELECT 'publication' AS kind, quote_ident(p.pubname) AS name, 'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', CASE WHEN puballtables THEN 'FOR ALL TABLES' END, 'PUBLISH ' || concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END,
      CASE WHEN pubupdate THEN 'update' END, CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END),
      CASE WHEN to_jsonb(p) ->> 'pubviaroot' = 'true' THEN 'VIA ROOT' END)
    || coalesce((SELECT string_agg(E'\\nTABLE ' || quote_ident(schemaname) || '.' || quote_ident(tablename)
        || coalesce(' (' || (to_jsonb(t) ->> 'attnames') || ')', '') || coalesce(' WHERE ' || (to_jsonb(t) ->> 'rowfilter'), ''), '' ORDER BY schemaname, tablename)
      FROM pg_publication_tables t WHERE t.pubname = p.pubname AND NOT puballtables), '') AS text
  FROM pg_publication p WHERE NOT ${isMember('pg_publication', 'p.oid')}`;

const wrappers: SchemaQuery = `SELECT 'foreign data wrapper' AS kind, quote_ident(fdwname) AS name, 'definition' AS part, '' AS item, 0 AS place,
    nullif(concat_ws(' ', 'HANDLER ' || nullif(fdwhandler, 0)::regproc::text, 'VALIDATOR ' || nullif(fdwvalidator, 0)::regproc::text,
      ${optionsText('fdwoptions')}), '') AS text
  FROM pg_foreign_data_wrapper w WHERE NOT ${isMember('pg_foreign_data_wrapper', 'w.oid')}
  UNION ALL SELECT 'foreign data wrapper', quote_ident(fdwname), 'grant', g.item, 0, g.text
    FROM pg_foreign_data_wrapper w, LATERAL ${aclText('fdwacl', "'F'", 'fdwowner')} g WHERE NOT ${isMember('pg_foreign_data_wrapper', 'w.oid')}`;

const servers: SchemaQuery = `SELECT 'foreign server' AS kind, quote_ident(srvname) AS name, 'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', 'FOREIGN DATA WRAPPER ' || quote_ident(fdwname), 'TYPE ' || quote_literal(srvtype), 'VERSION ' || quote_literal(srvversion),
      ${optionsText('srvoptions')}) AS text
  FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = srvfdw WHERE NOT ${isMember('pg_foreign_server', 's.oid')}
  UNION ALL SELECT 'foreign server', quote_ident(srvname), 'grant', g.item, 0, g.text
    FROM pg_foreign_server s, LATERAL ${aclText('srvacl', "'S'", 'srvowner')} g WHERE NOT ${isMember('pg_foreign_server', 's.oid')}`;

/** Of whoever owns the database, or has built the template, without a name: it is another one in each. */
const defaultPrivileges: SchemaQuery = `SELECT 'default privileges' AS kind, concat_ws(' ', 'of',
      CASE defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
        ELSE 'large objects' END, 'in ' || quote_ident(nspname),
      CASE WHEN rolname NOT LIKE 'coppice\\_tpl\\_%' AND (d.defaclrole <> datdba OR rolname = current_user) THEN 'by ' || quote_ident(rolname) END) AS name,
    'definition' AS part, '' AS item, 0 AS place,
    coalesce((SELECT string_agg('TO ' || g.item || ': ' || g.text, E'\\n' ORDER BY g.item)
      FROM ${aclText('defaclacl', "'r'", 'defaclrole')} g), 'to nobody but the owner') AS text
  FROM pg_default_acl d JOIN pg_roles r ON r.oid = defaclrole JOIN pg_database b ON b.datname = current_database()
    LEFT JOIN pg_namespace n ON n.oid = defaclnamespace`;

/**
 * In a catalogue that all databases share, and a copy has none: of the database, and of roles in it. What the role that filled a template has everywhere, a clone
 * has of its own role in it.
 *
 * @param database whose they are
 */
export function settingsOf(database: string): SchemaQuery {
  return `SELECT DISTINCT ON (name) 'setting' AS kind,
      split_part(s, '=', 1) || CASE WHEN setrole = 0 THEN ''
        WHEN r.rolname LIKE 'coppice\\_tpl\\_%' OR (setrole = datdba AND r.rolname <> current_user) THEN ' of the owner'
        ELSE ' of ' || quote_ident(r.rolname) END AS name,
      'definition' AS part, '' AS item, 0 AS place,
      CASE WHEN s LIKE 'role=coppice\\_tpl\\_%' OR s = 'role=' || o.rolname THEN 'the owner' ELSE substr(s, strpos(s, '=') + 1) END AS text
    FROM pg_database b JOIN pg_roles o ON o.oid = datdba
      JOIN pg_db_role_setting ON setdatabase IN (b.oid, 0) LEFT JOIN pg_roles r ON r.oid = setrole, unnest(setconfig) s
    WHERE b.datname = ${escapeLiteral(database)} AND (setrole = 0 OR r.oid IS NOT NULL)
      AND (setdatabase = b.oid OR r.rolname LIKE 'coppice\\_tpl\\_%' AND EXISTS (SELECT FROM pg_shdepend d
        WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = setrole AND d.dbid = b.oid))
    ORDER BY name, setdatabase DESC`;
}

/** What fewer databases have. */
export const serverQueries: readonly SchemaQuery[] = [
  ...[collations, operators, operatorClasses, casts, dictionaries, configurations],
  ...[publications, wrappers, servers, defaultPrivileges],
];
