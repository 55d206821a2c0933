import { readFileSync, writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { notFound, reachTcp, serve, serveTcp } from './serve';

type Env = Readonly<Record<string, string | undefined>>;

/** Listens once it has found its two databases, with a schema, by what the variables say (docs.temporal.io, image `server`). */
export async function startTemporal(env: Env): Promise<void> {
  readFileSync(env['DYNAMIC_CONFIG_FILE_PATH'] ?? '');
  const { POSTGRES_SEEDS: host, DB_PORT: port, POSTGRES_USER: user, POSTGRES_PWD: password } = env;
  for (const database of ['temporal', 'temporal_visibility'])
    await query({ host, port, user, password, database }, 'SELECT * FROM schema_version');
  serve(env['PROMETHEUS_ENDPOINT'] ?? '', ({ path }) => (path === '/metrics' ? { body: 'restarts 1\n' } : notFound));
  serveTcp(`${env['BIND_ON_IP']}:7233`);
}

/** `temporal server start-dev`. */
export function startTemporalDev(args: readonly string[]): void {
  const option = (name: string): string => args[args.indexOf(name) + 1] ?? '';
  writeFileSync(option('--db-filename'), '');
  serveTcp(`${option('--ip')}:${option('--port')}`);
}

export function startTemporalUi(env: Env): void {
  serve(`0.0.0.0:${env['TEMPORAL_UI_PORT']}`, async ({ path }) => {
    if (path === '/') return { headers: { 'Content-Type': 'text/html' }, body: '<!DOCTYPE html><title>Temporal' };
    if (path !== '/api/v1/cluster-info') return notFound;
    await reachTcp(env['TEMPORAL_ADDRESS'] ?? '');
    return { body: { serverVersion: 'stand-in' } };
  });
}

/** `temporal-sql-tool`: makes a database, and a schema of one table. */
export async function runSqlTool(args: readonly string[], env: Env): Promise<void> {
  const { SQL_HOST: host, SQL_PORT: port, SQL_USER: user, SQL_PASSWORD: password, SQL_DATABASE: database } = env;
  const server = { host, port, user, password };
  if (env['SQL_PLUGIN'] !== 'postgres12' || !/^[a-z_]+$/.test(database ?? '')) throw new Error('No such database');
  if (args[0] === 'create') {
    const found = await query(
      { ...server, database: 'postgres' },
      `SELECT FROM pg_database WHERE datname = '${database}'`,
    );
    if (found === 0) await query({ ...server, database: 'postgres' }, `CREATE DATABASE ${database}`);
  } else if (args[0] === 'setup-schema')
    await query({ ...server, database }, 'CREATE TABLE IF NOT EXISTS schema_version (version text)');
  else if (args[0] !== 'update-schema') throw new Error(`temporal-sql-tool ${args.join(' ')}?`);
}

/** How many rows there are. */
async function query(at: Record<string, string | undefined>, text: string): Promise<number> {
  const { port, ...rest } = Object.fromEntries(Object.entries(at).map(([key, value]) => [key, value ?? '']));
  const client = new Client({ ...rest, port: Number(port), connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return (await client.query(text)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
