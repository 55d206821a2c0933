import { describe, expect, it } from 'vitest';
import { proposeFor, written } from '../../../support/proposeFor';

const server = '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5", "knex": "3"}}';
const files = { 'package.json': server, 'server.js': '' };

describe('a program that works with several databases', () => {
  it.each([
    ['.env.example', 'DB_CLIENT=pg'],
    ['.env-example', 'DATABASE_CLIENT="postgres"'],
    ['example.env', 'export N8N_DB_TYPE=postgresdb # or mysqldb'],
    ['.env', 'DB_CONNECTION=pgsql'],
    ['.env', 'LOGS_DB_TYPE=mysql\nDB_TYPE=postgres'],
    ['.env', 'LOGS_DB_TYPE=mysql\nAPP_DB_TYPE=postgres'],
    ['.env.example', 'DB_TYPE=\nAPP_DB_TYPE=postgis'],
  ])('wants the one that %s chooses', async (name, text) => {
    const all = { ...files, [name]: `PORT=3000\n${text}\n` };
    expect((await written(all)).database).toBeDefined();
    expect((await proposeFor(all)).text).toContain(` in ${name}`);
  });

  it('of Python does so no less', async () => {
    const { text } = await proposeFor({
      'requirements.txt': 'django\n',
      'manage.py': '',
      '.env-sample': 'DB_ENGINE=django.db.backends.postgresql\n',
    });
    expect(text).toContain('DB_ENGINE in .env-sample');
  });

  it.each([
    ['another', 'DB_CLIENT=mysql2'],
    ['another, and this one for something else', 'LOGS_DB_TYPE=postgres\nDB_TYPE=mysql'],
    ['nothing', '#DB_CLIENT=pg'],
    ['something of another name', 'DB_CLIENTS=pg'],
  ])('wants none where they choose %s', async (_what, text) => {
    expect((await written({ ...files, '.env.example': `${text}\n` })).database).toBeUndefined();
  });

  it('wants what this machine chooses, before what an example does', async () => {
    const both = { '.env': 'DB_CLIENT=sqlite3\n', '.env.example': 'DB_CLIENT=pg\n' };
    expect((await written({ ...files, ...both })).database).toBeUndefined();
  });
});
