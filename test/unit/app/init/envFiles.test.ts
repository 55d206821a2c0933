import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { proposeFor, written } from '../../../support/proposeFor';

const app = '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}';
const workspace = {
  'package.json': '{"workspaces": ["apps/*"], "scripts": {"dev": "turbo dev"}, "devDependencies": {"turbo": "2"}}',
  '.env.example': 'SECRET=change-me\nREDIS_URL=redis://localhost:6379\n',
  'apps/web/package.json': app,
};

describe('an example at the root of a workspace', () => {
  it('tells its packages what they need, unless they have one of their own', async () => {
    const { services } = await written({
      ...workspace,
      'apps/admin/package.json': app,
      'apps/admin/.env.example': 'SECRET=other\n',
    });
    expect(services['web']).toMatchObject({ envFile: ['.env.example'] });
    expect(services['admin']).toMatchObject({ envFile: ['apps/admin/.env.example'] });
  });

  it('tells nothing where the root has the file itself, nor a folder that is no part of the workspace', async () => {
    const { services } = await written({ ...workspace, '.env': 'SECRET=mine\n', 'other/package.json': app });
    expect(services['web']).not.toHaveProperty('envFile');
    const { services: others } = await written({ ...workspace, 'other/package.json': app });
    expect(others['other']).not.toHaveProperty('envFile');
  });
});

describe('an example of a file that git ignores and nobody has made', () => {
  const files = {
    '.gitignore': '.env\n.env.local\n',
    'package.json':
      '{"scripts": {"dev": "node --env-file=.env server.js"}, "dependencies": {"express": "5", "pg": "8"}}',
    'server.js': 'app.listen(process.env.PORT)',
  };
  const text = 'SECRET=change-me\nDATABASE_URL=postgres://me:me@localhost:5432/shop\n';

  it('is copied for it, with what is this environment’s own, and read by the service', async () => {
    const found = await proposeFor({ ...files, '.env.example': text });
    expect(parse(found.text)).toMatchObject({
      copy: [{ file: '.env', example: '.env.example' }],
      patch: { '.env': { DATABASE_URL: '$(DATABASE_URL)' } },
      services: { api: { envFile: ['.env'] } },
    });
    expect(parseEnvironmentFile(found.text).problems).toEqual([]);
    expect(found.text).not.toContain('change-me');
  });

  it('leads to the environment’s database where somebody was to fill in which one', async () => {
    const config = "export default { dialect: 'postgresql', dbCredentials: { url: process.env.POSTGRES_URL! } }";
    const example = 'POSTGRES_URL=postgresql://***\nDATABASE_URL=\nOTHER_URL=postgresql://db.example.com/x\n';
    const found = await proposeFor({ ...files, 'drizzle.config.ts': config, '.env.example': example });
    const both = { POSTGRES_URL: '$(DATABASE_URL)', DATABASE_URL: '$(DATABASE_URL)' };
    expect((parse(found.text) as { patch?: unknown }).patch).toEqual({ '.env': both });
  });

  it('has any usual name: the one that names PostgreSQL of several, and none of tests', async () => {
    const copied = async (more: Readonly<Record<string, string>>): Promise<unknown> =>
      (parse((await proposeFor({ ...files, ...more })).text) as { copy?: unknown }).copy;
    const both = { 'env-example-document': 'DB=mongodb\n', 'env-example-relational': 'DB=postgres\n' };
    expect(await copied(both)).toEqual([{ file: '.env', example: 'env-example-relational' }]);
    expect(await copied({ '.env.local.example': text })).toEqual([
      { file: '.env.local', example: '.env.local.example' },
    ]);
    expect(await copied({ '.env.dev.example': text })).toEqual([{ file: '.env', example: '.env.dev.example' }]);
    expect(await copied({ '.env.test.example': text, '.env.prod.example': text })).toBeUndefined();
    expect(
      await copied({ 'env.example.ts': 'export {}', 'env.default.json': '{}', '.env.example.md': '' }),
    ).toBeUndefined();
    expect(await copied({ 'env.example.txt': text })).toEqual([{ file: '.env', example: 'env.example.txt' }]);
  });

  it('is copied for none whose path reads as a pattern', async () => {
    const inside = Object.fromEntries(Object.entries(files).map(([path, said]) => [`apps/[slug]/${path}`, said]));
    const found = await proposeFor({ ...inside, '.gitignore': '.env\n', 'apps/[slug]/.env.example': text });
    expect(parse(found.text)).not.toHaveProperty('copy');
    expect(parseEnvironmentFile(found.text).problems).toEqual([]);
  });

  it('stands for what a compose file reads, and leads to the environment there, too', async () => {
    const compose = 'services: {web: {build: ., command: [a], env_file: .env}, db: {image: postgres}}';
    const found = await proposeFor({
      ...{ '.gitignore': '.env\n', 'compose.yml': compose, Dockerfile: 'FROM x' },
      '.env.example': 'DATABASE_URL=postgres://me:me@db:5432/shop\n',
    });
    expect(parse(found.text)).toMatchObject({
      copy: [{ file: '.env', example: '.env.example' }],
      patch: { '.env': { DATABASE_URL: '$(DATABASE_URL)' } },
      services: { web: { envFile: ['.env'] } },
    });
    expect(found.text).not.toContain('it is not there yet');
  });
});

it('an example that a service does not read says nothing to it', async () => {
  const { services } = await written({
    'compose.yml': 'services: {web: {build: ., command: [a], env_file: own.env}, cache: {image: redis}}',
    Dockerfile: 'FROM x',
    'own.env': 'LEVEL=1\n',
    '.env.example': 'BROKER_URL=redis://localhost:6379/1\n',
  });
  expect(services['web']).toMatchObject({ envFile: ['own.env'] });
  expect(services['web']).not.toHaveProperty('env');
});

describe('addresses of this machine in an example', () => {
  const files = {
    'compose.yml': "services: {docs: {build: docs-server, command: [a], ports: ['3005:3000']}, cache: {image: redis}}",
    'docs-server/Dockerfile': 'FROM x',
    'shop/package.json': '{"scripts": {"dev": "next dev -p 8000"}, "dependencies": {"next": "16"}}',
    'admin/package.json': '{"scripts": {"dev": "vite"}, "dependencies": {"vite": "8"}}',
    'admin/vite.config.ts': "export default {server: {port: parseInt(process.env.PORT || '3000', 10)}}",
  };
  const told = async (text: string): Promise<unknown> => {
    const { services } = await written({ ...files, 'shop/.env.example': text });
    return services['shop']?.['env'];
  };

  it('lead to whom they lead where all is started as the repository says', async () => {
    expect(await told('SHOP=http://localhost:8000\n')).toEqual({ SHOP: '$(COPPICE_URL_SHOP)' });
    expect(await told('ADMIN=http://localhost:3000/login\n')).toEqual({ ADMIN: '$(COPPICE_URL)/login' });
    // This is the port that its container has, and not the one of this machine.
    expect(await told('DOCS=http://localhost:3005\n')).toEqual({ DOCS: '$(COPPICE_URL)' });
  });

  it('lead there from a list of whom a server lets in, too', async () => {
    const text = 'ALLOWED=http://localhost:8000, https://docs.example.com,app://$(x)\n';
    expect(await told(text)).toEqual({ ALLOWED: '$(COPPICE_URL_SHOP),https://docs.example.com,app://$$(x)' });
    expect(await told('OTHERS=http://localhost:9999,https://docs.example.com\n')).toBeUndefined();
  });
});
