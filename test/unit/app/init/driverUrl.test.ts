import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { proposeFor } from '../../../support/proposeFor';

const whole = '$(DATABASE_USER):$(DATABASE_PASSWORD)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)';
const app = (...dependencies: readonly string[]) => ({
  'requirements.txt': dependencies.join('\n'),
  'main.py': 'app = FastAPI()',
});
const compose = (url: string) =>
  `services: {api: {build: ., environment: {DATABASE_URL: "${url}"}}, db: {image: postgres:17}}`;

it.each<[string, Record<string, string>, string | undefined]>([
  [
    'a compose file',
    { ...app('fastapi', 'asyncpg', 'psycopg'), 'compose.yaml': compose('postgresql+asyncpg://app:x@db/app') },
    `postgresql+asyncpg://${whole}`,
  ],
  [
    'an example of a file of variables',
    { ...app('fastapi', 'psycopg'), '.env.example': 'DATABASE_URL=postgresql+psycopg://app:x@localhost/app' },
    `postgresql+psycopg://${whole}`,
  ],
  ['the drivers of SQLAlchemy', app('fastapi', 'sqlalchemy', 'asyncpg'), `postgresql+asyncpg://${whole}`],
  ['one of its drivers that needs no word', app('fastapi', 'sqlalchemy', 'asyncpg', 'psycopg2-binary'), undefined],
  ['a driver that takes it as it is', app('fastapi', 'asyncpg'), undefined],
  [
    'a plain address',
    { ...app('fastapi', 'sqlalchemy', 'asyncpg'), '.env.example': 'DATABASE_URL=postgresql://localhost/app' },
    undefined,
  ],
  [
    'an address that asks something of its driver',
    {
      ...app('fastapi', 'psycopg'),
      '.env.example':
        'DATABASE_URL="postgresql://u:p@localhost:5432/app?schema=shop&connection_limit=5&sslmode=require&host=/tmp&x=1"',
    },
    `postgresql://${whole}?schema=shop&connection_limit=5`,
  ],
  [
    'an address that asks a driver of its own something',
    {
      ...app('fastapi', 'asyncpg'),
      '.env.example': 'DATABASE_URL=postgresql+psycopg://app:x@localhost/app?sslmode=disable',
    },
    `postgresql+psycopg://${whole}?sslmode=disable`,
  ],
])('DATABASE_URL is written as %s says', async (_, files, url) => {
  const { text } = await proposeFor(files);
  parseEnvironmentFile(text);
  expect(parse(text)).toMatchObject({ database: { template: 'shop_template' } });
  const { database } = parse(text) as { readonly database: { readonly url?: string } };
  expect(database.url).toBe(url);
});

it('a file that git ignores gives nothing away but the driver, under any name', async () => {
  const values = ['DATABASE_URL', 'SQLALCHEMY_URL'].map(
    (name) => `${name}=postgresql+asyncpg://u:canary@localhost/canary?x=canary`,
  );
  const { text } = await proposeFor({ ...app('fastapi', 'asyncpg'), '.env': values.join('\n') }, { ignored: ['.env'] });
  expect(parse(text)).toMatchObject({
    database: { url: `postgresql+asyncpg://${whole}` },
    patch: { '.env': { DATABASE_URL: '$(DATABASE_URL)', SQLALCHEMY_URL: `postgresql+asyncpg://${whole}` } },
  });
  expect(text).not.toContain('canary');
});

it('what one of several packages asks of its driver is asked of none of the others, and stays in its own file', async () => {
  const member = (name: string) =>
    JSON.stringify({ name, scripts: { dev: 'node server.js' }, dependencies: { pg: '8', express: '5' } });
  const files = (api: string, web: string) => ({
    'package.json': '{"private": true, "workspaces": ["apps/*"]}',
    'package-lock.json': '{}',
    'apps/api/package.json': member('api'),
    'apps/api/.env': `PORT=4000\nDATABASE_URL=${api}`,
    'apps/web/package.json': member('web'),
    'apps/web/.env': `PORT=4001\nDATABASE_URL=${web}`,
  });
  const proposed = async (...said: readonly [string, string]) => {
    const { text } = await proposeFor(files(...said), { ignored: ['apps/api/.env', 'apps/web/.env'] });
    parseEnvironmentFile(text);
    const { database, patch } = parse(text) as {
      readonly database: { readonly url?: string };
      readonly patch: Readonly<Record<string, { readonly DATABASE_URL?: string }>>;
    };
    return [database.url, ...['apps/api/.env', 'apps/web/.env'].map((path) => patch[path]?.DATABASE_URL)];
  };
  const of = (query: string) => `postgresql://u:p@localhost:5432/app${query}`;
  const own = '$(DATABASE_URL)';
  expect(await proposed(of('?schema=shop&connection_limit=5'), of('?connection_limit=5&schema=web'))).toEqual([
    `postgresql://${whole}?connection_limit=5`,
    `postgresql://${whole}?schema=shop&connection_limit=5`,
    `postgresql://${whole}?connection_limit=5&schema=web`,
  ]);
  expect(await proposed(of('?schema=shop'), of(''))).toEqual([undefined, `postgresql://${whole}?schema=shop`, own]);
  expect(await proposed(of('?schema=shop'), of('?schema=shop'))).toEqual([
    `postgresql://${whole}?schema=shop`,
    own,
    own,
  ]);
  // A driver's own word is needed by whom it is for: what the others ask is not theirs.
  expect(await proposed(of('?schema=shop'), 'postgresql+asyncpg://u:p@localhost/app')).toEqual([
    `postgresql+asyncpg://${whole}`,
    `postgresql://${whole}?schema=shop`,
    own,
  ]);
});

it('a migrating tool is told the database by the variables that its configuration reads', async () => {
  const { text } = await proposeFor({
    'package.json':
      '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16", "postgres": "3"}, "devDependencies": {"drizzle-kit": "1"}}',
    'drizzle.config.ts':
      'if (!process.env.POSTGRES_URL) throw new Error(); const url = process.env["POSTGRES_URL"]; // process.env.TEST_DATABASE_URL, env.STRIPE_URL',
  });
  expect(parse(text)).toMatchObject({ services: { web: { env: { POSTGRES_URL: '$(DATABASE_URL)' } } } });
  expect(text).not.toMatch(/STRIPE|TEST_/);
});
