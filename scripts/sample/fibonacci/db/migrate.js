import { readFile, readdir } from 'node:fs/promises';
import pg from 'pg';

// Runs the migrations that this database has not seen, each in a transaction, in the order of their names.
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  await client.query('CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, ran_at timestamptz DEFAULT now())');
  const { rows } = await client.query('SELECT name FROM migrations');
  const seen = new Set(rows.map((row) => row.name));
  const folder = new URL('migrations/', import.meta.url);
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    if (seen.has(name)) continue;
    await client.query('BEGIN');
    await client.query(await readFile(new URL(name, folder), 'utf8'));
    await client.query('INSERT INTO migrations (name) VALUES ($1)', [name]);
    await client.query('COMMIT');
    console.log(`migrated ${name}`);
  }
} finally {
  await client.end();
}
