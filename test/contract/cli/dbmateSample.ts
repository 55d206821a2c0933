import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliWorld } from './cliWorld';

/** The sample's script keeps its table as dbmate does, and its files say that they are dbmate's. */
export async function asDbmate(world: CliWorld): Promise<void> {
  const script = join(world.repository, 'db', 'migrate.js');
  const text = await readFile(script, 'utf8');
  const changed = text
    .replace(
      'migrations (name text PRIMARY KEY, ran_at timestamptz DEFAULT now())',
      'schema_migrations (version varchar(128) PRIMARY KEY)',
    )
    .replace('SELECT name FROM migrations', 'SELECT version AS name FROM schema_migrations')
    .replace('INSERT INTO migrations (name)', 'INSERT INTO schema_migrations (version)')
    .replace('seen.has(name)', 'seen.has(name.match(/^\\d+/)[0])')
    .replace('[name]', '[name.match(/^\\d+/)[0]]');
  await writeFile(script, changed);
  const folder = join(world.repository, 'db', 'migrations');
  for (const name of await readdir(folder))
    await writeFile(join(folder, name), `-- migrate:up\n${await readFile(join(folder, name), 'utf8')}`);
  await world.git('add', '.');
  await world.git('commit', '-qm', 'Migrations of dbmate');
}
