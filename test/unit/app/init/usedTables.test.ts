import { describe, expect, it } from 'vitest';
import { proposeFor, written } from '../../../support/proposeFor';

const server = (image: string) => `services:\n  db: {image: "${image}", ports: ["3306:3306"]}\n`;
const compose = { 'compose.yaml': `${server('mysql:8.4')}  web: {build: ., environment: {DB_HOST: db}}\n` };
const services = async (files: Readonly<Record<string, string>>) => (await written({ ...files })).services;

describe('the tables of a MySQL that is used', () => {
  it('are made by a service of its own that runs once, before the others of its folder, and is told what they are', async () => {
    const files = {
      ...{ 'composer.json': '{}', artisan: '', 'compose.yaml': server('mariadb:11') },
      '.env.example': 'DB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_USERNAME=app\n',
    };
    expect(await services(files)).toMatchObject({
      web: { command: 'php artisan serve --port=$(PORT)', dependsOn: { migrate: 'completed' } },
      migrate: {
        ...{ command: 'php artisan migrate --force', once: true },
        ...{ envFile: ['.env.example'], env: { DB_USERNAME: '$(DB_USER)' } },
      },
    });
  });

  it.each([
    [
      { 'requirements.txt': 'django==5\nmysqlclient==2\n', 'manage.py': '', 'shop/settings.py': '' },
      '.venv/bin/python manage.py migrate',
    ],
    [{ Gemfile: 'gem "mysql2"\n', 'config/application.rb': '', 'bin/rails': '' }, 'bin/rails db:migrate'],
    [
      {
        'package.json':
          '{"scripts":{"dev":"vite"},"devDependencies":{"vite":"7"},"dependencies":{"prisma":"6","express":"5"}}',
        'prisma/schema.prisma':
          'generator client {\n  provider = "prisma-client-js"\n}\ndatasource db {\n  provider = "mysql"\n  url = env("DATABASE_URL")\n}\n',
        'prisma/migrations/1/migration.sql': '',
      },
      expect.stringContaining('prisma migrate deploy'),
    ],
    [
      {
        'package.json':
          '{"scripts":{"start":"node server.js","migrate":"knex migrate:latest"},"dependencies":{"mysql2":"3","express":"5"}}',
        'server.js': 'app.listen(process.env.PORT)',
      },
      'npm run migrate',
    ],
  ])('are made by what the project has for it: %j', async (files, migrate) => {
    const found = await services({ 'compose.yaml': server('mysql:8.4'), ...files });
    expect(found).toMatchObject({ migrate: { command: migrate, once: true } });
  });

  it('are made in the folder of the project', async () => {
    const files = {
      'compose.yaml': server('mysql:8.4'),
      'backend/requirements.txt': 'django==5\npymysql==1\n',
      'backend/manage.py': '',
    };
    expect(await services(files)).toMatchObject({
      migrate: { folder: 'backend', command: '.venv/bin/python manage.py migrate' },
    });
  });

  it.each([
    ['nothing of MySQL is used', { 'compose.yaml': 'services:\n  cache: {image: redis}\n' }],
    ['it has PostgreSQL', { 'requirements.txt': 'django==5\nmysqlclient==2\npsycopg==3\n' }],
    [
      'the compose file has who does it',
      {
        'compose.yaml': `${server('mysql:8.4')}  web: {build: ., depends_on: {tables: {condition: service_completed_successfully}}}\n  tables: {build: ., command: python manage.py migrate}\n`,
      },
    ],
    ['its driver is another one', { 'requirements.txt': 'django==5\n' }],
  ])('are made by nobody where %s', async (_, files) => {
    const django = { 'requirements.txt': 'django==5\nmysqlclient==2\n', 'manage.py': '', ...compose };
    expect(await services({ ...django, ...files })).not.toHaveProperty('migrate');
  });
});

it('a driver of PostgreSQL is no database where the compose file starts another one, unless something migrates', async () => {
  const files = (image: string, migrate = 'x') => ({
    'compose.yaml': server(image),
    'package.json': JSON.stringify({
      scripts: { start: 'node a.js', [migrate]: 'node b.js' },
      dependencies: { pg: '8' },
    }),
  });
  expect(await written(files('mongo:8'))).not.toHaveProperty('database');
  expect((await proposeFor(files('mongo:8'))).questions).toEqual([]);
  expect(await written(files('mongo:8', 'db:migrate'))).toHaveProperty('database.migrate');
  expect(await written(files('redis:8'))).toHaveProperty('database.template');
});
