import { aclText, isMember, ownNamespace, sequenceText, type SchemaQuery } from './queryParts';

const extensions: SchemaQuery = `SELECT 'extension' AS kind, quote_ident(extname) AS name, 'definition' AS part, '' AS item, 0 AS place,
    'VERSION ' || quote_literal(extversion) || ' SCHEMA ' || quote_ident(nspname) AS text
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace`;

const own = `own AS (SELECT * FROM pg_namespace n WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_namespace', 'n.oid')})`;

const schemas: SchemaQuery = `WITH ${own}
  SELECT 'schema' AS kind, quote_ident(nspname) AS name, 'options' AS part, '' AS item, 0 AS place, NULL::text AS text FROM own
  UNION ALL SELECT 'schema', quote_ident(nspname), 'grant', g.item, 0, g.text FROM own, LATERAL ${aclText('nspacl', "'n'", 'nspowner')} g
  UNION ALL SELECT 'schema', quote_ident(nspname), 'comment', '', 0, description FROM own
    JOIN pg_description ON classoid = 'pg_namespace'::regclass AND objoid = own.oid`;

/** Those of rows are their tables', those of several values their types'. */
const types = `types AS (
  SELECT t.*, quote_ident(n.nspname) || '.' || quote_ident(typname) AS shown FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
    WHERE ${ownNamespace('n')} AND typtype IN ('e', 'd', 'r', 'b', 'p', 'c') AND NOT ${isMember('pg_type', 't.oid')}
      AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
      AND (typrelid = 0 OR EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c')))`;

const kindsOfTypes: SchemaQuery = `WITH ${types}
  SELECT 'type' AS kind, shown AS name, 'definition' AS part, '' AS item, 0 AS place, CASE typtype
      WHEN 'e' THEN 'ENUM' || coalesce((SELECT string_agg(E'\\n' || quote_literal(enumlabel), '' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '')
      WHEN 'd' THEN concat_ws(' ', 'DOMAIN AS ' || format_type(typbasetype, typtypmod),
        (SELECT 'COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(collname) FROM pg_collation l
          JOIN pg_namespace n ON n.oid = collnamespace JOIN pg_type b ON b.oid = t.typbasetype
          WHERE l.oid = t.typcollation AND b.typcollation <> t.typcollation),
        CASE WHEN typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(typdefaultbin, 0))
      WHEN 'r' THEN (SELECT concat_ws(' ', 'RANGE OF ' || format_type(rngsubtype, NULL), 'WITH ' || quote_ident(opcname),
          'SUBTYPE_DIFF ' || nullif(rngsubdiff::oid, 0)::regproc::text, 'CANONICAL ' || nullif(rngcanonical::oid, 0)::regproc::text)
        FROM pg_range JOIN pg_opclass o ON o.oid = rngsubopc WHERE rngtypid = t.oid)
      WHEN 'c' THEN 'COMPOSITE (' || coalesce((SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped), '') || ')'
      WHEN 'p' THEN 'SHELL'
      ELSE concat_ws(' ', 'BASE INPUT ' || typinput::text, 'OUTPUT ' || typoutput::text, 'LENGTH ' || typlen::text) END AS text
    FROM types t
  UNION ALL SELECT 'type', shown, 'constraint', quote_ident(conname), 0, pg_get_constraintdef(k.oid, true)
    FROM types t JOIN pg_constraint k ON k.contypid = t.oid WHERE contype = 'c'
  UNION ALL SELECT 'type', shown, 'comment', 'constraint ' || quote_ident(conname), 0, description FROM types t
    JOIN pg_constraint k ON k.contypid = t.oid JOIN pg_description ON classoid = 'pg_constraint'::regclass AND objoid = k.oid
  UNION ALL SELECT 'type', shown, 'grant', g.item, 0, g.text FROM types t, LATERAL ${aclText('typacl', "'T'", 'typowner')} g
  UNION ALL SELECT 'type', shown, 'comment', '', 0, description FROM types t
    JOIN pg_description ON classoid = 'pg_type'::regclass AND objoid = t.oid`;

/** Those of identity columns are told with their columns. */
const found = `found AS (
  SELECT c.*, s.*, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS shown
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE ${ownNamespace('n')} AND NOT EXISTS
      (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('e', 'i')))`;

const sequences: SchemaQuery = `WITH ${found}
  SELECT 'sequence' AS kind, shown AS name, 'definition' AS part, '' AS item, 0 AS place, nullif(concat_ws(' ', ${sequenceText('f')},
      (SELECT 'OWNED BY ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname) || '.' || quote_ident(attname)
        FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = f.seqrelid AND d.deptype = 'a')), '') AS text
    FROM found f
  UNION ALL SELECT 'sequence', shown, 'grant', g.item, 0, g.text FROM found f, LATERAL ${aclText('relacl', "'s'", 'relowner')} g
  UNION ALL SELECT 'sequence', shown, 'comment', '', 0, description FROM found f
    JOIN pg_description ON classoid = 'pg_class'::regclass AND objoid = f.seqrelid`;

const routines = `routines AS (
  SELECT p.*, CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
      quote_ident(n.nspname) || '.' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS shown
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE ${ownNamespace('n')} AND NOT ${isMember('pg_proc', 'p.oid')})`;

const functions: SchemaQuery = `WITH ${routines}
  SELECT kind, shown AS name, 'definition' AS part, '' AS item, 0 AS place, CASE prokind
      WHEN 'a' THEN (SELECT concat_ws(' ', 'RETURNS ' || pg_get_function_result(r.oid), 'SFUNC ' || aggtransfn::text,
          'STYPE ' || format_type(aggtranstype, NULL), 'INITCOND ' || quote_literal(agginitval),
          'FINALFUNC ' || nullif(aggfinalfn::oid, 0)::regproc::text, 'COMBINEFUNC ' || nullif(aggcombinefn::oid, 0)::regproc::text,
          'SERIALFUNC ' || nullif(aggserialfn::oid, 0)::regproc::text, 'DESERIALFUNC ' || nullif(aggdeserialfn::oid, 0)::regproc::text,
          'SSPACE ' || nullif(aggtransspace, 0), CASE WHEN aggfinalextra THEN 'FINALFUNC_EXTRA' END, 'FINALFUNC_MODIFY ' || aggfinalmodify::text,
          'MSFUNC ' || nullif(aggmtransfn::oid, 0)::regproc::text, 'MINVFUNC ' || nullif(aggminvtransfn::oid, 0)::regproc::text,
          'MSTYPE ' || format_type(nullif(aggmtranstype, 0), NULL), 'MFINALFUNC ' || nullif(aggmfinalfn::oid, 0)::regproc::text,
          'MINITCOND ' || quote_literal(aggminitval), 'SORTOP ' || nullif(aggsortop, 0)::regoperator::text,
          CASE r.proparallel WHEN 's' THEN 'PARALLEL SAFE' WHEN 'r' THEN 'PARALLEL RESTRICTED' END) FROM pg_aggregate WHERE aggfnoid = r.oid)
      ELSE rtrim(pg_get_functiondef(r.oid), E'\\n') END AS text
    FROM routines r
  UNION ALL SELECT kind, shown, 'grant', g.item, 0, g.text FROM routines r, LATERAL ${aclText('proacl', "'f'", 'proowner')} g
  UNION ALL SELECT kind, shown, 'comment', '', 0, description FROM routines r
    JOIN pg_description ON classoid = 'pg_proc'::regclass AND objoid = r.oid`;

const eventTriggers: SchemaQuery = `SELECT 'event trigger' AS kind, quote_ident(evtname) AS name, 'definition' AS part, '' AS item, 0 AS place,
    concat_ws(' ', 'ON ' || evtevent, 'WHEN TAG IN (' || (SELECT string_agg(quote_literal(t), ', ') FROM unnest(evttags) t) || ')',
      'EXECUTE FUNCTION ' || evtfoid::regproc::text, CASE evtenabled WHEN 'D' THEN '(disabled)' WHEN 'R' THEN '(on replicas)' WHEN 'A' THEN '(always)' END) AS text
  FROM pg_event_trigger e WHERE NOT ${isMember('pg_event_trigger', 'e.oid')}
  UNION ALL SELECT 'event trigger', quote_ident(evtname), 'comment', '', 0, description FROM pg_event_trigger e
    JOIN pg_description ON classoid = 'pg_event_trigger'::regclass AND objoid = e.oid WHERE NOT ${isMember('pg_event_trigger', 'e.oid')}`;

/** All that is no table and no view. */
export const otherQueries: readonly SchemaQuery[] = [
  extensions,
  schemas,
  kindsOfTypes,
  sequences,
  functions,
  eventTriggers,
];
