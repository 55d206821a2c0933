/** Databases that keep tables, as projects tell of them. */
export type DatabaseEngine = 'postgresql' | 'mysql';

/** `providers`: of a schema of Prisma's. */
interface EngineSigns {
  readonly nodeClients: readonly string[];
  readonly pythonClients: readonly string[];
  readonly providers: readonly string[];
}

/** What a project depends on that talks to one. Of MariaDB it is what MySQL has. */
export const databaseEngines: Readonly<Record<DatabaseEngine, EngineSigns>> = {
  postgresql: {
    nodeClients: [
      ...['pg', 'postgres', '@mikro-orm/postgresql', '@neondatabase/serverless', '@vercel/postgres', 'pg-promise'],
      ...['slonik', '@prisma/adapter-pg', 'pg-native', 'postgraphile', 'pg-boss', 'graphile-worker'],
      ...['@payloadcms/db-postgres'],
    ],
    pythonClients: ['psycopg', 'psycopg2', 'psycopg2-binary', 'asyncpg', 'dj-database-url', 'aiopg', 'pg8000'],
    providers: ['postgresql', 'postgres', 'cockroachdb'],
  },
  mysql: {
    nodeClients: ['mysql2', 'mysql', 'mariadb', '@mikro-orm/mysql', '@mikro-orm/mariadb', '@prisma/adapter-mariadb'],
    pythonClients: ['mysqlclient', 'pymysql', 'mysql-connector-python', 'aiomysql', 'asyncmy', 'mariadb'],
    providers: ['mysql'],
  },
};
