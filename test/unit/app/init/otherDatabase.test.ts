import { expect, it } from 'vitest';
import { proposeFor, written } from '../../../support/proposeFor';

const manifest =
  '[package]\nname = "shop"\n[dependencies]\naxum = "0.8"\nsqlx = { version = "0.8", features = ["postgres"] }\n';

it('a server of Rust that migrates when it starts needs no tool for that', async () => {
  const files = { 'Cargo.toml': manifest, 'migrations/1_first.sql': '' };
  const own = { ...files, 'src/main.rs': 'sqlx::migrate!("./migrations").run(&pool)' };
  expect((await written(own)).database).not.toHaveProperty('migrate');
  expect((await proposeFor(own)).text).toContain('its tables are made by the service api');
  expect((await written({ ...files, 'src/main.rs': 'serve()' })).database).toMatchObject({
    migrate: 'sqlx migrate run',
  });
});

it('a server of Rust whose queries are checked when it is compiled is compiled when it has its tables', async () => {
  const main = 'sqlx::migrate!().run(&pool); sqlx::query_as!(Post, "select 1")';
  const files = { 'Cargo.toml': manifest, 'migrations/1_first.sql': '', 'src/main.rs': main };
  const { setup, database } = await written(files);
  expect(setup).toEqual(['cargo fetch']);
  expect(database).toMatchObject({ migrate: 'sqlx migrate run' });
  // What the database answered stands in the repository.
  const kept = await written({ ...files, '.sqlx/query-1.json': '{}' });
  expect(kept.setup).toEqual(['cargo build']);
  expect(kept.database).not.toHaveProperty('migrate');
});
