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
