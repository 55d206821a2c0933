/** What tools of databases, and what runs them, really printed, paths shortened, and the line that tells why. */
export const toolOutputs: readonly (readonly [program: string, output: string, told: string])[] = [
  [
    'psql -f',
    `CREATE TABLE
psql:bad.sql:2: ERROR:  relation "nope" does not exist
LINE 1: INSERT INTO nope VALUES (1);
                    ^`,
    'psql:bad.sql:2: ERROR:  relation "nope" does not exist',
  ],
  [
    'psql -f: what follows from it',
    `BEGIN
psql:tx.sql:3: ERROR:  relation "nope" does not exist
LINE 1: INSERT INTO nope VALUES (1);
                    ^
psql:tx.sql:4: ERROR:  current transaction is aborted, commands ignored until end of transaction block
ROLLBACK`,
    'psql:tx.sql:3: ERROR:  relation "nope" does not exist',
  ],
  [
    'psql: hint and context',
    `psql:multi.sql:1: ERROR:  custom trouble
HINT:  do it right
CONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE`,
    'psql:multi.sql:1: ERROR:  custom trouble',
  ],
  [
    'psql: no server',
    `psql: error: connection to server at "127.0.0.1", port 1 failed: Connection refused
\tIs the server running on that host and accepting TCP/IP connections?`,
    'psql: error: connection to server at "127.0.0.1", port 1 failed: Connection refused',
  ],
  [
    'npm run, psql',
    `
> x@1.0.0 sql
> psql -v ON_ERROR_STOP=1 -f bad.sql

psql:bad.sql:2: ERROR:  relation "nope" does not exist
npm error Lifecycle script \`sql\` failed with error:
npm error code 3
npm error path /app
npm error workspace x@1.0.0
npm error location /app
npm error command failed
npm error command sh -c psql -v ON_ERROR_STOP=1 -f bad.sql`,
    'psql:bad.sql:2: ERROR:  relation "nope" does not exist',
  ],
  [
    'npm run, words of its own',
    `
> x@1.0.0 plain
> node q.js

Migration failed!
npm ERR! code ELIFECYCLE
npm ERR! errno 3`,
    'Migration failed!',
  ],
  [
    'npm run, no such script',
    `npm error Missing script: "nothere"
npm error
npm error To see a list of scripts, run:
npm error   npm run
npm error A complete log of this run can be found in: /root/.npm/_logs/x-debug-0.log`,
    'npm error Missing script: "nothere"',
  ],
  [
    'pnpm run',
    `$ node t.js
/app/t.js:1
throw new Error("boom");
^

Error: boom
    at Object.<anonymous> (/app/t.js:1:7)

Node.js v20.20.2
[ELIFECYCLE] Command failed with exit code 1.`,
    'Error: boom',
  ],
  [
    'pnpm run, words of its own',
    '$ node q.js\nMigration failed!\n\u001b[41m\u001b[30m ELIFECYCLE \u001b[39m\u001b[49m \u001b[31mCommand failed with exit code 3.\u001b[39m',
    'Migration failed!',
  ],
  [
    'yarn run',
    `yarn run v1.22.22
$ node q.js
Migration failed!
error Command failed with exit code 3.
info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.`,
    'Migration failed!',
  ],
  [
    'knex',
    `migration file "20200101_a.js" failed
migration failed with error: ALTER TABLE nope ADD x int - relation "nope" does not exist
error: ALTER TABLE nope ADD x int - relation "nope" does not exist
    at parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:306:11)`,
    'error: ALTER TABLE nope ADD x int - relation "nope" does not exist',
  ],
  [
    'node-pg-migrate',
    `> Migrating files:
> - 1700000000000_a
ALTER TABLE nope ADD x int;

Error executing:
ALTER TABLE nope ADD x int;
error: relation "nope" does not exist

> Rolling back attempted migration ...
error: relation "nope" does not exist
    at async runner (file:///app/node_modules/node-pg-migrate/dist/bundle/index.js:3590:5) {
  length: 102,
  routine: 'RangeVarGetRelidExtended'
}`,
    'error: relation "nope" does not exist',
  ],
  [
    'sequelize-cli',
    `Sequelize CLI [Node: 20.20.2, CLI: 6.6.5, ORM: 6.37.8]

== 20200101-a: migrating =======

\u001b[31mERROR:\u001b[39m relation "public.nope" does not exist
`,
    'ERROR: relation "public.nope" does not exist',
  ],
  [
    'prisma',
    `Loaded Prisma config from prisma.config.ts.

Datasource "db": PostgreSQL database "x", schema "public" at "127.0.0.1:15432"

1 migration found in prisma/migrations

Applying migration \`20200101000000_a\`
Error: P3018

A migration failed to apply. New migrations cannot be applied before the error is recovered from.

Migration name: 20200101000000_a

Database error code: 42P01

Database error:
ERROR: relation "nope" does not exist
`,
    'ERROR: relation "nope" does not exist',
  ],
  [
    'prisma: no server',
    `Error: P1001: Can't reach database server at \`127.0.0.1:1\`

Please make sure your database server is running at \`127.0.0.1:1\`.`,
    "Error: P1001: Can't reach database server at `127.0.0.1:1`",
  ],
  [
    'drizzle-kit, which says nothing',
    `Using 'pg' driver for database querying
[⣷] applying migrations...\u001b[2K\u001b[1G[⣯] applying migrations...\u001b[2K\u001b[1G`,
    '[⣯] applying migrations...',
  ],
  [
    'drizzle-orm',
    `/app/node_modules/drizzle-orm/pg-core/session.cjs:68
        throw new import_errors.DrizzleQueryError(queryString, params, e);
              ^

DrizzleQueryError: Failed query: ALTER TABLE nope ADD x int
params: 
    at NodePgPreparedQuery.queryWithCache (/app/node_modules/drizzle-orm/pg-core/session.cjs:68:15) {
  cause: error: relation "nope" does not exist
}

Node.js v24.21.0`,
    'DrizzleQueryError: Failed query: ALTER TABLE nope ADD x int (error: relation "nope" does not exist)',
  ],
  [
    'python',
    `Traceback (most recent call last):
  File "/app/t.py", line 2, in <module>
    c.cursor().execute('SELECT * FROM nope')
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
psycopg2.errors.UndefinedTable: relation "nope" does not exist
LINE 1: SELECT * FROM nope
                      ^
`,
    'psycopg2.errors.UndefinedTable: relation "nope" does not exist',
  ],
  [
    'alembic',
    `psycopg2.errors.UndefinedTable: relation "nope" does not exist

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/v/bin/alembic", line 8, in <module>
    sys.exit(main())
             ^^^^^^
  File "/app/sqlalchemy/engine/default.py", line 1192, in do_execute
    cursor.execute(statement, parameters)
sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "nope" does not exist

[SQL: ALTER TABLE nope ADD x int]
(Background on this error at: https://sqlalche.me/e/21/f405)`,
    'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "nope" does not exist',
  ],
  [
    'django',
    `Traceback (most recent call last):
  File "/app/django/apps/registry.py", line 165, in get_app_config
    raise LookupError(message)
LookupError: No installed app with label 'admin'.`,
    "LookupError: No installed app with label 'admin'.",
  ],
  [
    'django: a command',
    'CommandError: Conflicting migrations detected; multiple leaf nodes in the migration graph: (0002_a, 0002_b in app).',
    'CommandError: Conflicting migrations detected; multiple leaf nodes in the migration graph: (0002_a, 0002_b in app).',
  ],
  [
    'rails',
    `== 20200101000000 A: migrating ================================================
-- add_column(:nope, :x, :integer)
bin/rails aborted!
StandardError: An error has occurred, this and all later migrations canceled: (StandardError)

PG::UndefinedTable: ERROR:  relation "nope" does not exist
/app/db/migrate/20200101000000_a.rb:3:in 'change'

Caused by:
ActiveRecord::StatementInvalid: PG::UndefinedTable: ERROR:  relation "nope" does not exist (ActiveRecord::StatementInvalid)

Tasks: TOP => db:migrate
(See full trace by running task with --trace)`,
    'PG::UndefinedTable: ERROR:  relation "nope" does not exist',
  ],
];
