import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { databaseTold } from '../../../../../src/app/environment/commands/databaseTold';
import { fillTemplate } from '../../../../../src/app/environment/commands/fillTemplate';
import { noDatabaseUrl, withoutDatabase } from '../../../../../src/app/environment/parts/commandVariables';
import { FakeCommands } from '../../../../support/fakes/fakeCommands';

const url = 'postgresql://me:s%20t@127.0.0.1:5433/wt_one';
const { file } = parseEnvironmentFile(
  `
version: 1
copy: [.env]
patch: { .env: { POSTGRES_SERVER: $(DATABASE_HOST), SITE: $(COPPICE_URL), DB: patched-$(DATABASE_NAME) } }
services:
  web:
    command: run
    env: { DB: $(DATABASE_NAME), JDBC: 'jdbc:postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)', PLAIN: x }
  worker:
    command: run
    env: { DB: other-$(DATABASE_NAME), APP_DATABASE_URL: $(DATABASE_URL) }
database: { template: things, migrate: migrate }
`,
);
if (!file) throw new Error('it cannot be read');

describe('what a file says of the database under other names', () => {
  it('is told to commands that no service runs', () => {
    expect(databaseTold(file, url)).toEqual({
      POSTGRES_SERVER: '127.0.0.1',
      DB: 'wt_one',
      JDBC: 'jdbc:postgresql://127.0.0.1:5433/wt_one',
      APP_DATABASE_URL: url,
    });
  });

  it('reaches what migrates, so that it does not come upon the database of a copied .env', async () => {
    const { database } = file;
    if (!database) throw new Error('the file has no database');
    const commands = new FakeCommands();
    const filling = { url, folder: '/code', variables: { DB: 'before' }, timeoutSeconds: 60 };
    await fillTemplate({ commands }, { ...file, database }, filling, new AbortController().signal);
    expect(commands.runs.map(({ env }) => env)).toEqual([
      expect.objectContaining({ POSTGRES_SERVER: '127.0.0.1', DB: 'wt_one', APP_DATABASE_URL: url, DATABASE_URL: url }),
    ]);
  });

  it('tells how services connect, and never where', () => {
    const withManners = parseEnvironmentFile(`
version: 1
services:
  api: { command: run, env: { PGSSLMODE: disable, PGHOST: db.example.org, PGSERVICE: live, PGOPTIONS: '-c $(X)=1' } }
  worker: { command: run, env: { PGSSLMODE: require, PGTZ: UTC } }
database: { template: things, migrate: migrate }
`).file;
    if (!withManners) throw new Error('it cannot be read');
    expect(databaseTold(withManners, url)).toEqual({ PGSSLMODE: 'disable', PGTZ: 'UTC' });
  });

  it('leads nowhere while there is no database', () => {
    expect(withoutDatabase(file)).toMatchObject({
      APP_DATABASE_URL: noDatabaseUrl,
      POSTGRES_SERVER: 'no-database-yet.coppice.invalid',
      DB: 'none',
    });
    expect(withoutDatabase({ ...file, database: undefined })).toEqual({});
  });
});
