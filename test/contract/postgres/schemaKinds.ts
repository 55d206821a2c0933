/** All kinds of objects that are told, as a template's commands make them. */
export const schemaOfAllKinds = `
  CREATE SCHEMA shop;
  COMMENT ON SCHEMA shop IS 'what is sold';
  CREATE TYPE shop.state AS ENUM ('new', 'paid');
  CREATE TYPE shop.place AS (street text, number int);
  CREATE TYPE shop.span AS RANGE (subtype = float8);
  CREATE DOMAIN shop.price AS numeric(10, 2) DEFAULT 0 CHECK (VALUE >= 0);
  CREATE SEQUENCE shop.numbers START 10 INCREMENT 5;
  CREATE TABLE shop.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    old serial,
    name varchar(20) NOT NULL DEFAULT 'x',
    total shop.price,
    double numeric GENERATED ALWAYS AS (total * 2) STORED,
    at timestamptz DEFAULT now(),
    state shop.state DEFAULT 'new',
    CONSTRAINT named CHECK (name <> '')
  );
  COMMENT ON COLUMN shop.orders.name IS 'whose';
  CREATE TABLE shop.items (
    order_id bigint REFERENCES shop.orders ON DELETE CASCADE, sku text, place shop.place, UNIQUE (order_id, sku));
  CREATE INDEX items_sku ON shop.items (lower(sku)) WHERE sku IS NOT NULL;
  CREATE STATISTICS shop.items_facts ON order_id, sku FROM shop.items;
  CREATE TABLE shop.events (at date NOT NULL, n int) PARTITION BY RANGE (at);
  CREATE TABLE shop.events_one PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX events_n ON shop.events (n);
  CREATE TABLE shop.parent (a int);
  CREATE TABLE shop.child (b int) INHERITS (shop.parent);
  CREATE UNLOGGED TABLE shop.scratch (n int) WITH (fillfactor = 70);
  CREATE VIEW shop.totals AS SELECT name, sum(total) AS total FROM shop.orders GROUP BY name;
  CREATE MATERIALIZED VIEW shop.kept AS SELECT name FROM shop.orders;
  CREATE INDEX kept_name ON shop.kept (name);
  CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT n * 2 $$;
  CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;
  CREATE PROCEDURE shop.tidy() LANGUAGE sql AS $$ DELETE FROM shop.items WHERE sku IS NULL $$;
  CREATE AGGREGATE shop.product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1');
  CREATE TRIGGER stamps BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
  CREATE RULE quiet AS ON DELETE TO shop.scratch DO INSTEAD NOTHING;
  ALTER TABLE shop.items ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own_items ON shop.items FOR SELECT TO PUBLIC USING (sku <> 'secret');
  GRANT SELECT ON shop.totals TO PUBLIC;
  GRANT UPDATE (name) ON shop.orders TO PUBLIC;
  REVOKE EXECUTE ON FUNCTION shop.twice(int) FROM PUBLIC;
  CREATE EXTENSION IF NOT EXISTS citext SCHEMA shop;
  CREATE SCHEMA quiet;
  ALTER DEFAULT PRIVILEGES IN SCHEMA quiet GRANT SELECT ON TABLES TO PUBLIC;
  DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '5MB'); END $$;
`;

export interface KindOfChange {
  readonly what: string;
  readonly sql: string;
  /** Makes it as it was. */
  readonly back: string;
  /** `+`, `-` or `~`, kind and name; parts have two spaces before. */
  readonly told: readonly string[];
}

const change = (what: string, sql: string, back: string, ...told: string[]): KindOfChange => ({
  what,
  sql,
  back,
  told,
});
const inOrders = (...parts: string[]): string[] => ['~ table shop.orders', ...parts.map((part) => `  ${part}`)];
const inItems = (...parts: string[]): string[] => ['~ table shop.items', ...parts.map((part) => `  ${part}`)];

/** One of each kind that is added, removed or changed. */
export const kindsOfChange: readonly KindOfChange[] = [
  change('a schema', 'CREATE SCHEMA more', 'DROP SCHEMA more', '+ schema more'),
  change(
    'a label of an enum',
    `CREATE TYPE shop.other AS ENUM ('a'); ALTER TYPE shop.state ADD VALUE 'sent' AFTER 'new'`,
    `DROP TYPE shop.other; CREATE TYPE shop.mine AS ENUM ('new', 'paid'); ALTER TABLE shop.orders ALTER state DROP DEFAULT;
      ALTER TABLE shop.orders ALTER state TYPE shop.mine USING 'new'; ALTER TABLE shop.orders ALTER state SET DEFAULT 'new';
      DROP TYPE shop.state; ALTER TYPE shop.mine RENAME TO state`,
    ...['+ type shop.other', '  + definition', '  + grant PUBLIC', '~ type shop.state', '  ~ definition'],
  ),
  change(
    'an attribute of a composite type',
    'ALTER TYPE shop.place ADD ATTRIBUTE town text',
    'ALTER TYPE shop.place DROP ATTRIBUTE town',
    ...['~ type shop.place', '  ~ definition', '  + column town'],
  ),
  change(
    'the order of the attributes of a composite type',
    'CREATE TYPE quiet.pair AS (b int, a int); ALTER TYPE shop.place DROP ATTRIBUTE street, ADD ATTRIBUTE street text',
    'DROP TYPE quiet.pair; ALTER TYPE shop.place DROP ATTRIBUTE number, ADD ATTRIBUTE number int',
    ...['+ type quiet.pair', '  + definition', '  + column b', '  + column a', '  + grant PUBLIC'],
    ...['~ type shop.place', '  ~ definition'],
  ),
  change(
    'a domain',
    'ALTER DOMAIN shop.price SET NOT NULL; ALTER DOMAIN shop.price ADD CONSTRAINT low CHECK (VALUE < 1000)',
    'ALTER DOMAIN shop.price DROP NOT NULL; ALTER DOMAIN shop.price DROP CONSTRAINT low',
    ...['~ type shop.price', '  ~ definition', '  + constraint low'],
  ),
  change(
    'a range',
    'CREATE TYPE shop.days AS RANGE (subtype = date)',
    'DROP TYPE shop.days',
    ...['+ type shop.days', '  + definition', '  + grant PUBLIC'],
  ),
  change(
    'a sequence',
    'ALTER SEQUENCE shop.numbers INCREMENT 7 MAXVALUE 1000 CYCLE; CREATE SEQUENCE shop.more',
    'ALTER SEQUENCE shop.numbers INCREMENT 5 NO MAXVALUE NO CYCLE; DROP SEQUENCE shop.more',
    ...['+ sequence shop.more', '~ sequence shop.numbers', '  ~ definition'],
  ),
  change(
    'columns',
    `ALTER TABLE shop.orders ADD note text, DROP old, ALTER at SET NOT NULL, ALTER at SET DEFAULT '2026-01-01 UTC';
      ALTER TABLE shop.child ALTER b TYPE bigint`,
    `ALTER TABLE shop.orders DROP note, ADD old serial, ALTER at DROP NOT NULL, ALTER at SET DEFAULT now();
      ALTER TABLE shop.child ALTER b TYPE int`,
    ...['- sequence shop.orders_old_seq', '  - definition', '~ table shop.child', '  ~ column b'],
    ...inOrders('- column old', '~ column at', '+ column note'),
  ),
  change(
    'an identity and what is generated',
    `ALTER TABLE shop.orders ALTER id SET GENERATED BY DEFAULT SET INCREMENT 3, ALTER double DROP EXPRESSION`,
    `ALTER TABLE shop.orders ALTER id SET GENERATED ALWAYS SET INCREMENT 1, DROP double,
      ADD double numeric GENERATED ALWAYS AS (total * 2) STORED`,
    ...inOrders('~ column id', '~ column double'),
  ),
  change(
    'constraints',
    `ALTER TABLE shop.orders DROP CONSTRAINT named, ADD CONSTRAINT total_known CHECK (total IS NOT NULL) NOT VALID, ADD UNIQUE (name);
      ALTER TABLE shop.items DROP CONSTRAINT items_order_id_fkey, ADD FOREIGN KEY (order_id) REFERENCES shop.orders`,
    `ALTER TABLE shop.orders ADD CONSTRAINT named CHECK (name <> ''), DROP CONSTRAINT total_known, DROP CONSTRAINT orders_name_key;
      ALTER TABLE shop.items DROP CONSTRAINT items_order_id_fkey, ADD FOREIGN KEY (order_id) REFERENCES shop.orders ON DELETE CASCADE`,
    ...inItems('~ constraint items_order_id_fkey'),
    ...inOrders('- constraint named', '+ constraint orders_name_key', '+ constraint total_known'),
  ),
  change(
    'indexes',
    'DROP INDEX shop.items_sku; CREATE INDEX items_sku ON shop.items (sku); CREATE INDEX by_total ON shop.orders (total DESC)',
    'DROP INDEX shop.items_sku, shop.by_total; CREATE INDEX items_sku ON shop.items (lower(sku)) WHERE sku IS NOT NULL',
    ...inItems('~ index items_sku'),
    ...inOrders('+ index by_total'),
  ),
  change(
    'statistics',
    'DROP STATISTICS shop.items_facts',
    'CREATE STATISTICS shop.items_facts ON order_id, sku FROM shop.items',
    ...inItems('- statistics shop.items_facts'),
  ),
  change(
    'a partition',
    `CREATE TABLE shop.events_two PARTITION OF shop.events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`,
    'DROP TABLE shop.events_two',
    ...['+ table shop.events_two', '  + options', '  + column at', '  + column n'],
  ),
  change(
    'what a table inherits and how it is stored',
    'ALTER TABLE shop.child NO INHERIT shop.parent; ALTER TABLE shop.scratch SET LOGGED, SET (fillfactor = 80)',
    'ALTER TABLE shop.child INHERIT shop.parent; ALTER TABLE shop.scratch SET UNLOGGED, SET (fillfactor = 70)',
    ...['~ table shop.child', '  - options', '~ table shop.scratch', '  ~ options'],
  ),
  change(
    'a table that went',
    'DROP TABLE shop.scratch',
    `CREATE UNLOGGED TABLE shop.scratch (n int) WITH (fillfactor = 70);
      CREATE RULE quiet AS ON DELETE TO shop.scratch DO INSTEAD NOTHING`,
    ...['- table shop.scratch', '  - options', '  - column n', '  - rule quiet'],
  ),
  change(
    'views',
    `CREATE OR REPLACE VIEW shop.totals AS SELECT name, sum(total) + 1 AS total FROM shop.orders GROUP BY name;
      ALTER VIEW shop.totals SET (security_invoker = true); CREATE VIEW shop.other AS SELECT 1 AS one`,
    `CREATE OR REPLACE VIEW shop.totals AS SELECT name, sum(total) AS total FROM shop.orders GROUP BY name;
      ALTER VIEW shop.totals RESET (security_invoker); DROP VIEW shop.other`,
    ...['+ view shop.other', '  + definition', '~ view shop.totals', '  ~ definition', '  + options'],
  ),
  change(
    'a materialized view',
    'DROP MATERIALIZED VIEW shop.kept; CREATE MATERIALIZED VIEW shop.kept AS SELECT name, total FROM shop.orders',
    `DROP MATERIALIZED VIEW shop.kept; CREATE MATERIALIZED VIEW shop.kept AS SELECT name FROM shop.orders;
      CREATE INDEX kept_name ON shop.kept (name)`,
    ...['~ materialized view shop.kept', '  ~ definition', '  - index kept_name'],
  ),
  change(
    'functions',
    `CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql STABLE AS $$ SELECT n + n $$;
      CREATE FUNCTION shop.twice(n text) RETURNS text LANGUAGE sql AS $$ SELECT n || n $$`,
    `CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT n * 2 $$;
      DROP FUNCTION shop.twice(text)`,
    ...['~ function shop.twice(n integer)', '  ~ definition'],
    ...['+ function shop.twice(n text)', '  + definition', '  + grant PUBLIC'],
  ),
  change(
    'a procedure',
    'CREATE OR REPLACE PROCEDURE shop.tidy() LANGUAGE sql AS $$ DELETE FROM shop.items $$',
    'CREATE OR REPLACE PROCEDURE shop.tidy() LANGUAGE sql AS $$ DELETE FROM shop.items WHERE sku IS NULL $$',
    ...['~ procedure shop.tidy()', '  ~ definition'],
  ),
  change(
    'an aggregate',
    `CREATE OR REPLACE AGGREGATE shop.product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '2')`,
    `CREATE OR REPLACE AGGREGATE shop.product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1')`,
    ...['~ aggregate shop.product(integer)', '  ~ definition'],
  ),
  change(
    'triggers',
    `ALTER TABLE shop.orders DISABLE TRIGGER stamps; CREATE TRIGGER more AFTER INSERT ON shop.orders EXECUTE FUNCTION shop.stamp()`,
    'ALTER TABLE shop.orders ENABLE TRIGGER stamps; DROP TRIGGER more ON shop.orders',
    ...inOrders('+ trigger more', '~ trigger stamps'),
  ),
  change(
    'a rule',
    'DROP RULE quiet ON shop.scratch',
    'CREATE RULE quiet AS ON DELETE TO shop.scratch DO INSTEAD NOTHING',
    ...['~ table shop.scratch', '  - rule quiet'],
  ),
  change(
    'policies',
    `ALTER POLICY own_items ON shop.items USING (sku <> 'hidden'); CREATE POLICY more ON shop.items AS RESTRICTIVE USING (true);
      ALTER TABLE shop.items FORCE ROW LEVEL SECURITY`,
    `ALTER POLICY own_items ON shop.items USING (sku <> 'secret'); DROP POLICY more ON shop.items;
      ALTER TABLE shop.items NO FORCE ROW LEVEL SECURITY`,
    ...inItems('~ options', '+ policy more', '~ policy own_items'),
  ),
  change(
    'grants',
    'REVOKE SELECT ON shop.totals FROM PUBLIC; GRANT INSERT (name) ON shop.orders TO PUBLIC; GRANT EXECUTE ON FUNCTION shop.twice(int) TO PUBLIC',
    'GRANT SELECT ON shop.totals TO PUBLIC; REVOKE INSERT (name) ON shop.orders FROM PUBLIC; REVOKE EXECUTE ON FUNCTION shop.twice(int) FROM PUBLIC',
    ...inOrders('~ grant PUBLIC on name'),
    ...['~ view shop.totals', '  - grant PUBLIC', '~ function shop.twice(n integer)', '  + grant PUBLIC'],
  ),
  change(
    'comments',
    `COMMENT ON COLUMN shop.orders.name IS 'who'; COMMENT ON TABLE shop.items IS 'lines'; COMMENT ON SCHEMA shop IS NULL`,
    `COMMENT ON COLUMN shop.orders.name IS 'whose'; COMMENT ON TABLE shop.items IS NULL; COMMENT ON SCHEMA shop IS 'what is sold'`,
    ...['~ schema shop', '  - comment'],
    ...inItems('+ comment'),
    ...inOrders('~ comment name'),
  ),
  change(
    'comments on what belongs to a table or a type',
    `COMMENT ON CONSTRAINT named ON shop.orders IS 'a'; COMMENT ON INDEX shop.orders_pkey IS 'b'; COMMENT ON TRIGGER stamps ON shop.orders IS 'c';
      COMMENT ON POLICY own_items ON shop.items IS 'd'; COMMENT ON STATISTICS shop.items_facts IS 'e'; COMMENT ON RULE quiet ON shop.scratch IS 'f';
      COMMENT ON CONSTRAINT price_check ON DOMAIN shop.price IS 'g'`,
    `COMMENT ON CONSTRAINT named ON shop.orders IS NULL; COMMENT ON INDEX shop.orders_pkey IS NULL; COMMENT ON TRIGGER stamps ON shop.orders IS NULL;
      COMMENT ON POLICY own_items ON shop.items IS NULL; COMMENT ON STATISTICS shop.items_facts IS NULL; COMMENT ON RULE quiet ON shop.scratch IS NULL;
      COMMENT ON CONSTRAINT price_check ON DOMAIN shop.price IS NULL`,
    ...['~ type shop.price', '  + comment constraint price_check'],
    ...inItems('+ comment policy own_items', '+ comment statistics items_facts'),
    ...inOrders('+ comment constraint named', '+ comment index orders_pkey', '+ comment trigger stamps'),
    ...['~ table shop.scratch', '  + comment rule quiet'],
  ),
  change(
    'a default of a view, statistics and options of columns, and what an aggregate may do beside others',
    `ALTER VIEW shop.totals ALTER total SET DEFAULT 3; ALTER TABLE shop.items ALTER sku SET STATISTICS 500, ALTER order_id SET (n_distinct = 7);
      CREATE OR REPLACE AGGREGATE shop.product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1', PARALLEL = SAFE)`,
    `ALTER VIEW shop.totals ALTER total DROP DEFAULT; ALTER TABLE shop.items ALTER sku SET STATISTICS -1, ALTER order_id RESET (n_distinct);
      CREATE OR REPLACE AGGREGATE shop.product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1')`,
    ...inItems('~ column order_id', '~ column sku'),
    ...['~ view shop.totals', '  + column total', '~ aggregate shop.product(integer)', '  ~ definition'],
  ),
  change(
    'settings of the database and of roles in it, and default privileges',
    `ALTER DATABASE wt_own_2 SET work_mem = '6MB'; ALTER DATABASE wt_own_2 SET search_path = shop, public;
      ALTER ROLE wt_own_2 IN DATABASE wt_own_2 SET work_mem = '7MB';
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES IN SCHEMA quiet GRANT INSERT ON TABLES TO PUBLIC`,
    `ALTER DATABASE wt_own_2 SET work_mem = '5MB'; ALTER DATABASE wt_own_2 RESET search_path;
      ALTER ROLE wt_own_2 IN DATABASE wt_own_2 RESET work_mem;
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC; ALTER DEFAULT PRIVILEGES IN SCHEMA quiet REVOKE INSERT ON TABLES FROM PUBLIC`,
    ...[
      '+ setting search_path',
      '  + definition',
      '~ setting work_mem',
      '  ~ definition',
      '+ setting work_mem of the owner',
      '  + definition',
    ],
    ...[
      '+ default privileges of functions',
      '  + definition',
      '~ default privileges of tables in quiet',
      '  ~ definition',
    ],
  ),
  change(
    'operators, casts, collations, text search and publications',
    `CREATE OPERATOR quiet.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq); CREATE CAST (shop.place AS text) WITH INOUT AS ASSIGNMENT;
      CREATE COLLATION quiet.plain (LOCALE = 'C'); CREATE TEXT SEARCH DICTIONARY quiet.words (TEMPLATE = simple);
      CREATE TEXT SEARCH CONFIGURATION quiet.search (COPY = simple); CREATE PUBLICATION news FOR TABLE shop.items`,
    `DROP OPERATOR quiet.=== (int, int); DROP CAST (shop.place AS text); DROP COLLATION quiet.plain;
      DROP TEXT SEARCH CONFIGURATION quiet.search; DROP TEXT SEARCH DICTIONARY quiet.words; DROP PUBLICATION news`,
    ...['+ collation quiet.plain', '  + definition', '+ operator quiet.===(integer, integer)', '  + definition'],
    ...['+ cast shop.place AS text', '  + definition', '+ text search dictionary quiet.words', '  + definition'],
    ...['+ text search configuration quiet.search', '  + definition', '+ publication news', '  + definition'],
  ),
  change(
    'an extension',
    'DROP EXTENSION citext; CREATE EXTENSION pg_trgm SCHEMA shop',
    'CREATE EXTENSION citext SCHEMA shop; DROP EXTENSION pg_trgm',
    ...['- extension citext', '  - definition', '+ extension pg_trgm', '  + definition'],
  ),
  change(
    'names that want quotes',
    'CREATE TABLE shop."Or""ders; --" ("Na me" text)',
    'DROP TABLE shop."Or""ders; --"',
    ...['+ table shop."Or""ders; --"', '  + column "Na me"'],
  ),
];
