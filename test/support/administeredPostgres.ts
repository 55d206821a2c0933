import { Client } from 'pg';
import { GivenServer } from '../../src/adapters/postgres/givenServer';
import { PostgresDatabases } from '../../src/adapters/postgres/postgresDatabases';
import type { AdminConnection } from '../../src/adapters/postgres/postgresServer';
import { Session } from '../../src/adapters/postgres/session';
import { testPostgres } from './postgres';

export interface AdministeredPostgres {
  readonly connection: AdminConnection;
  /** A superuser's, to look at and to prepare what Coppice then finds. */
  readonly admin: Session;
  readonly asSuperuser: PostgresDatabases;
  /** By a role that may create databases and roles, and no more: as a company's server gives it. */
  readonly asDeveloper: PostgresDatabases;
  readonly home: string;
  dispose(): Promise<void>;
}

/** A real server with both kinds of administrator that a person may give Coppice. */
export async function administeredPostgres(settings: Record<string, string> = {}): Promise<AdministeredPostgres> {
  const postgres = await testPostgres({ settings: { fsync: 'off', ...settings } });
  const connection = await postgres.server.start();
  const admin = await Session.open(connection);
  await admin.query(
    `CREATE ROLE developer LOGIN CREATEDB CREATEROLE PASSWORD 'p'; GRANT CONNECT ON DATABASE postgres TO developer`,
  );
  const url = new URL(connection.url);
  url.username = 'developer';
  const server = new GivenServer({ url: url.href, password: () => Promise.resolve('p') });
  return {
    home: postgres.home,
    connection,
    admin,
    asSuperuser: new PostgresDatabases({ server: postgres.server }),
    asDeveloper: new PostgresDatabases({ server }),
    dispose: async () => {
      await admin.close();
      await postgres.dispose();
    },
  };
}

export async function openClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** @returns the rows of the last statement */
export async function runSql<Row = Record<string, unknown>>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = await openClient(url);
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = [await client.query(statement)].flat().at(-1)?.rows as Row[];
    return rows;
  } finally {
    await client.end();
  }
}
