import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../../src/core/text/parseCommand';
import { written } from '../../../support/proposeFor';

const app = (more: object = {}): string =>
  JSON.stringify({
    scripts: { dev: 'node server.js' },
    dependencies: { express: '5', '@prisma/client': '6' },
    devDependencies: { prisma: '6' },
    ...more,
  });
const schema = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n';
const database = async (files: Readonly<Record<string, string>>) => (await written(files)).database;

describe('a schema of Prisma’s', () => {
  it('is where package.json says', async () => {
    const found = await database({
      'package.json': app({ prisma: { schema: 'src/prisma/schema.prisma' } }),
      'src/prisma/schema.prisma': schema,
      'src/prisma/migrations/1_init/migration.sql': '',
    });
    expect(found).toMatchObject({
      migrate: 'npx prisma migrate deploy',
      inputs: ['src/prisma/schema.prisma', 'src/prisma/migrations'],
    });
  });

  it.each([
    ['a text', "schema: './db/schema',"],
    ['a path that is joined', "schema: path.join('db', 'schema'),"],
  ])('is several files where prisma.config.ts names their folder by %s', async (_, said) => {
    const found = await database({
      'package.json': app(),
      'prisma.config.ts': `export default defineConfig({ ${said} migrations: { path: 'db/migrations' } })`,
      'db/schema/base.prisma': schema,
      'db/schema/user.prisma': 'model User { id Int @id }',
      'db/migrations/1_init/migration.sql': '',
    });
    expect(found).toMatchObject({ migrate: 'npx prisma migrate deploy', inputs: ['db/schema', 'db/migrations'] });
  });

  it('is told to Prisma where it is found by nobody else', async () => {
    const files = { 'package.json': app(), 'server/db/schema.prisma': schema };
    expect(await database(files)).toMatchObject({ migrate: 'npx prisma db push --schema server/db/schema.prisma' });
  });

  it('without migrations has its tables by a script that needs none', async () => {
    const scripts = { dev: 'node server.js', 'db:migrate': 'prisma migrate deploy', 'db:push': 'prisma db push' };
    const files = { 'package.json': app({ scripts }), 'prisma/schema.prisma': schema };
    expect(await database(files)).toMatchObject({ migrate: 'npm run db:push' });
    const migrations = { 'prisma/migrations/1_init/migration.sql': '' };
    expect(await database({ ...files, ...migrations })).toMatchObject({ migrate: 'npm run db:migrate' });
  });

  it('of a package further inside is that package’s', async () => {
    const found = await database({
      'package.json': '{"workspaces": ["packages/*"], "devDependencies": {"prisma": "6"}}',
      'packages/db/package.json': app(),
      'packages/db/prisma/schema/schema.prisma': schema,
    });
    expect(found?.['migrate']).toEqual([
      ...['sh', '-c', 'cd "./$1" && npx prisma db push --schema prisma/schema/schema.prisma', 'sh', 'packages/db'],
    ]);
  });

  it('is one word of a command, and runs nothing, whatever its path has in it', async () => {
    const place = "my $(id) db's/schema.prisma";
    const said = `npx prisma db push --schema 'my $$(id) db'"'"'s/schema.prisma'`;
    expect(await database({ 'package.json': app(), [place]: schema })).toMatchObject({ migrate: said });
    expect(parseCommand(said.replace('$$', '$'))).toEqual(['npx', 'prisma', 'db', 'push', '--schema', place]);
    const inside = await database({ 'package.json': '{}', 'api/package.json': app(), [`api/${place}`]: schema });
    expect(inside?.['migrate']).toEqual(['sh', '-c', `cd "./$1" && ${said}`, 'sh', 'api']);
  });
});
