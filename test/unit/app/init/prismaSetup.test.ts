import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { proposeFor, written } from '../../../support/proposeFor';

const app = (prisma: string, more: object = {}): string =>
  JSON.stringify({
    scripts: { dev: 'next dev' },
    dependencies: { next: '16', '@prisma/client': prisma },
    devDependencies: { prisma },
    ...more,
  });
const schema = (generator: string, provider: string, url = ''): string =>
  `generator client {\n  provider = "${generator}"\n}\n\ndatasource db {\n  provider = "${provider}"\n${url}\n}\n`;
const url = '  url = env("DATABASE_URL")';
const generate = { command: 'npx prisma generate', inputs: ['prisma/schema.prisma'] };
const setupOf = async (files: Readonly<Record<string, string>>): Promise<unknown> => (await written(files)).setup;

describe('the client of Prisma', () => {
  it.each([
    ['7 generates it for nobody', '^7.8.0', 'prisma-client'],
    ['7 does so with its older generator, too', '7.0.0', 'prisma-client-js'],
    ['6 with the generator that writes it into the sources', '^6.19.0', 'prisma-client'],
  ])('is generated in each worktree: %s', async (_, version, generator) => {
    const files = { 'package.json': app(version), 'prisma/schema.prisma': schema(generator, 'postgresql') };
    expect(await setupOf(files)).toEqual(['npm install', generate]);
  });

  it('is generated in the folder that it is of', async () => {
    const { text } = await proposeFor({
      'package.json': '{"workspaces": ["packages/*"]}',
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml': 'packages: ["packages/*"]',
      'packages/db/package.json': app('catalog:'),
      'packages/db/prisma.config.ts': "export default {datasource: {url: env('DATABASE_URL')}}",
      'packages/db/prisma/schema.prisma': schema('prisma-client-js', 'postgresql'),
    });
    const { file, problems } = parseEnvironmentFile(text);
    expect(problems).toEqual([]);
    expect(file?.setup).toMatchObject([
      { command: ['pnpm', 'install', '--frozen-lockfile'] },
      {
        command: ['sh', '-c', 'cd "./$1" && pnpm exec prisma generate', 'sh', 'packages/db'],
        inputs: ['packages/db/prisma/schema.prisma'],
      },
    ]);
  });

  it.each([
    ['an install of 6 does it', { 'package.json': app('^6.19.0') }],
    ['of an older release', { 'package.json': app('5') }],
    [
      'a script after each install does it',
      { 'package.json': app('7', { scripts: { postinstall: 'prisma generate' } }) },
    ],
    [
      'the script that people develop by does it',
      { 'package.json': app('7', { scripts: { dev: 'prisma generate && next dev' } }) },
    ],
  ])('is left to who does it: %s', async (_, files) => {
    const all = { ...files, 'prisma/schema.prisma': schema('prisma-client-js', 'postgresql', url) };
    expect(await setupOf(all)).toEqual(['npm install']);
  });
});

describe('a file that is the database of Prisma', () => {
  const migrations = { 'prisma/migrations/1/migration.sql': '' };
  const migrate = { command: 'npx prisma migrate deploy', inputs: ['prisma/migrations'] };
  const sqlite = { 'package.json': app('6'), 'prisma/schema.prisma': schema('prisma-client-js', 'sqlite', url) };

  it('has its tables in each worktree', async () => {
    const env = { DATABASE_URL: 'file:./data.db?connection_limit=1' };
    const example = { '.env.example': 'DATABASE_URL="file:./data.db?connection_limit=1"\n' };
    expect(await setupOf({ ...sqlite, ...migrations, ...example })).toEqual(['npm install', { ...migrate, env }]);
    const push = { command: 'npx prisma db push', inputs: ['prisma/schema.prisma'], env };
    expect(await setupOf({ ...sqlite, ...example })).toEqual(['npm install', push]);
  });

  it('is the one that the schema names, or a copied file', async () => {
    const named = schema('prisma-client-js', 'sqlite', '  url = "file:./dev.db"');
    expect(await setupOf({ ...sqlite, ...migrations, 'prisma/schema.prisma': named })).toEqual([
      'npm install',
      migrate,
    ]);
    const { text } = await proposeFor(
      { ...sqlite, ...migrations, '.env': 'DATABASE_URL=file:dev.db\n' },
      { ignored: ['.env'] },
    );
    expect(parseEnvironmentFile(text).file?.setup).toHaveLength(2);
    expect(text).not.toContain('file:dev.db');
  });

  it.each([
    'file:/var/shop/data.db',
    'file:../data.db',
    'file:./../data.db',
    'libsql://db.example.com',
    'file:$HOME/x',
  ])('is left alone where it may be anybody’s: %s', async (value) => {
    const files = { ...sqlite, ...migrations, '.env.example': `DATABASE_URL="${value}"\n` };
    expect(await setupOf(files)).toEqual(['npm install']);
  });

  it('is left alone where nothing says where it is', async () => {
    expect(await setupOf({ ...sqlite, ...migrations })).toEqual(['npm install']);
  });

  it('has its tables before queries of one’s own are typed by them; what fills it is told', async () => {
    const typed = sqlite['prisma/schema.prisma'].replace('client {', 'client {\n  previewFeatures = ["typedSql"]');
    const files = {
      ...{ ...migrations, 'prisma/schema.prisma': typed, 'prisma/sql/find.sql': 'SELECT 1' },
      'package.json': app('6', { prisma: { seed: 'tsx prisma/seed.ts' } }),
      '.env.example': 'DATABASE_URL=file:./data.db\n',
    };
    const env = { DATABASE_URL: 'file:./data.db' };
    expect(await setupOf(files)).toEqual([
      'npm install',
      { ...migrate, env },
      { command: 'npx prisma generate --sql', inputs: ['prisma/schema.prisma', 'prisma/sql'], env },
    ]);
    const { leftOut } = await proposeFor(files);
    expect(leftOut.map(({ path }) => path)).toContain('prisma.seed');
  });
});
