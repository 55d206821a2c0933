import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { proposeFor } from '../../../support/proposeFor';

const monorepo: Readonly<Record<string, string>> = {
  'package.json':
    '{"name": "@acme/shop", "workspaces": ["apps/*", "packages/*"], "scripts": {"dev": "turbo dev"}, "devDependencies": {"turbo": "2"}}',
  'package-lock.json': '{}',
  'apps/web/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
  'apps/web/vite.config.ts':
    "export default { server: { proxy: { '/api': 'http://localhost:4000', '/ws': { target: 'ws://localhost:4000' } } } }",
  'apps/api/package.json':
    '{"scripts": {"dev": "tsx watch src/index.ts", "db:migrate": "drizzle-kit migrate"}, "dependencies": {"express": "5", "pg": "8"}, "devDependencies": {"drizzle-kit": "1"}}',
  'apps/api/drizzle/0000_first.sql': '',
  'apps/api/src/index.ts': 'app.listen(process.env.PORT ?? 4000)',
  'apps/api/.env': 'DATABASE_URL=postgres://localhost/shop\nWEB_URL="http://localhost:5173/home"\nSECRET=canary-1234\n',
  'apps/admin/package.json': '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}',
  'packages/ui/package.json': '{"scripts": {"dev": "tsc --watch"}}',
  'examples/demo/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
  Makefile: 'dev:\n\techo\ntest:\n',
  '.tool-versions': 'nodejs 24\n',
};

describe('a monorepo', () => {
  const propose = (choices = {}) => proposeFor(monorepo, { ignored: ['apps/api/.env'], choices });

  it('has a service for each app, each with a place of its own', async () => {
    const { text, leftOut } = await propose();
    expect(parse(text)).toMatchObject({
      setup: ['npm ci'],
      copy: ['apps/api/.env'],
      services: {
        admin: { folder: 'apps/admin', command: 'npm run dev', routes: ['/'] },
        api: { folder: 'apps/api', command: 'npm run dev', port: 4000, routes: ['/api', '/ws'] },
        web: { folder: 'apps/web', host: 'web', routes: ['/'] },
      },
      database: { template: 'shop_template', migrate: 'npm --prefix apps/api run db:migrate' },
    });
    expect(text).not.toContain('canary');
    expect(leftOut.map(({ file, path }) => [file, path])).toEqual(
      expect.arrayContaining([
        ['Makefile', 'dev'],
        ['.tool-versions', ''],
      ]),
    );
    // Where something is a guess, a comment says so at its place.
    expect(text).toMatch(
      /# A guess: the paths that the site hands on while people develop\.\n +routes: \[\/api, \/ws\]/,
    );
    expect(text).toMatch(/# A guess: wanted because of pg in apps\/api\/package\.json\.\ndatabase:/);
  });

  it('asks two questions at most, and does as it is told', async () => {
    const { questions } = await propose();
    expect(questions.map(({ kind }) => kind)).toEqual(['services', 'database']);
    const { text } = await propose({ services: ['web'], database: false });
    const file: Record<string, object> = parse(text);
    expect(Object.keys(file['services'] ?? {})).toEqual(['web']);
    expect(file).not.toHaveProperty('database');
  });
});

describe('a server that others ask at a port of this machine', () => {
  it('has a host of its own, and each is told where the other one is', async () => {
    const { text } = await proposeFor(
      {
        'package.json': '{"workspaces": ["apps/*"]}',
        'apps/web/package.json': '{"scripts": {"dev": "vite dev"}, "devDependencies": {"vite": "8"}}',
        'apps/web/vite.config.ts': 'export default { server: { port: 3001 } }',
        'apps/web/.env': 'VITE_SERVER_URL=http://localhost:3000\n',
        'apps/server/package.json': '{"scripts": {"dev": "tsx watch src/index.ts"}, "dependencies": {"express": "5"}}',
        'apps/server/src/index.ts': 'app.use("/trpc", trpc); app.listen(process.env.PORT || 3000)',
        'apps/server/.env': 'CORS_ORIGIN=http://localhost:3001\n',
      },
      { ignored: ['apps/web/.env', 'apps/server/.env'] },
    );
    expect(parse(text)).toMatchObject({
      services: { web: { port: 3001, routes: ['/'] }, server: { port: 3000, host: 'server', routes: ['/'] } },
      patch: {
        'apps/web/.env': { VITE_SERVER_URL: '$(COPPICE_URL_SERVER)' },
        'apps/server/.env': { CORS_ORIGIN: '$(COPPICE_URL)' },
      },
    });
  });
});

describe('files of variables that git ignores', () => {
  const proposedPatch = async (value: string): Promise<unknown> => {
    const { text } = await proposeFor(
      {
        'package.json': '{"scripts": {"start": "next start"}, "dependencies": {"next": "16", "pg": "8"}}',
        '.env': `VALUE=${value}\n`,
      },
      { ignored: ['.env'] },
    );
    const problems = parseEnvironmentFile(text).problems;
    expect(problems, text).toEqual([]);
    expect(text).not.toContain('canary');
    const { patch }: { readonly patch?: Readonly<Record<string, unknown>> } = parse(text);
    return patch?.['.env'];
  };

  it.each([
    ['http://localhost:3000', '$(COPPICE_URL)'],
    ['http://127.0.0.1:3000/', '$(COPPICE_URL)'],
    ['"http://localhost:3000/api/v1/sign-in/"', '$(COPPICE_URL)/api/v1/sign-in/'],
    ['postgresql://u:canary@localhost/shop', '$(DATABASE_URL)'],
  ])('are patched where %s stands', async (value, patched) => {
    expect(await proposedPatch(value)).toEqual({ VALUE: patched });
  });

  it.each([
    'http://localhost:3000/hook?token=canary',
    'http://localhost:3000?key=canary',
    'http://localhost:3000/home#canary',
    'http://user:canary@localhost:3000/home',
    'http://localhost:3000/user:canary@home',
    'http://localhost:3000/hooks/T02canary9XfQ71b',
    'http://localhost:3000/%63anary',
    'http://localhost:3000,http://localhost:3001/canary',
    'http://localhost:3000.canary.test/home',
    'redis://:canary@localhost:3000/0',
  ])('are not where %s stands: it may be a secret, and the proposal is committed', async (value) => {
    expect(await proposedPatch(value)).toBeUndefined();
  });
});

describe('a repository', () => {
  it('with submodules has them checked out in each worktree, before anything is installed', async () => {
    const { text } = await proposeFor({
      '.gitmodules': '[submodule "theme"]',
      'package.json': '{"scripts": {"dev": "vite"}, "dependencies": {"vite": "8"}}',
      'index.html': '',
    });
    expect(parse(text)).toMatchObject({ setup: ['git submodule update --init --recursive', 'npm install'] });
  });

  it('that says nothing gets an example, and is told so', async () => {
    const proposal = await proposeFor({ 'README.md': 'hello' });
    expect(proposal).toMatchObject({ isKnown: false, services: [], questions: [] });
    expect(parse(proposal.text)).toMatchObject({ version: 1, services: { web: { command: 'node server.js' } } });
  });

  it('whose scripts start a site and a server has both', async () => {
    const { text } = await proposeFor({
      'package.json':
        '{"scripts": {"dev": "concurrently \\"npm:dev:*\\"", "dev:web": "vite", "dev:api": "node --watch server.js"}, "dependencies": {"express": "5", "vite": "8"}}',
      'server.js': "app.use('/api', all); app.listen(process.env.PORT || 3001)",
    });
    expect(parse(text)).toMatchObject({
      services: {
        web: { command: 'npm run dev:web -- --port $(PORT) --strictPort', port: 5173, routes: ['/'] },
        api: { command: 'npm run dev:api', port: 3001, routes: ['/api'] },
      },
    });
  });

  it('with a devcontainer is set up by what that does, and told what it leaves', async () => {
    const proposal = await proposeFor({
      'package.json': '{"scripts": {"start": "node a.js"}, "dependencies": {"x": "1"}}',
      ...{ 'a.js': '', '.gitignore': '/node_modules\n' },
      '.devcontainer/devcontainer.json':
        '{\n // "comment"\n "image": "x", /* and */ "postCreateCommand": "npm ci && npm run generate", "features": {},\n "containerEnv": {"MODE": "dev"},\n}',
    });
    expect(parse(proposal.text)).toMatchObject({ setup: ['npm install', 'npm run generate'] });
    expect(proposal.leftOut.map(({ path }) => path)).toEqual(['image', 'features', 'containerEnv']);
    expect(proposal.leftOut[2]?.reason).toMatch(/what a service needs of them goes under its env/);
  });

  it.each([
    ['nothing', {}, ['.gitignore', 'apps/a/.gitignore']],
    ['the root', { '.gitignore': 'dist\nnode_modules/\n' }, []],
    ['one folder', { 'apps/a/.gitignore': '**/node_modules\n' }, ['.gitignore']],
    [
      'what ignores it not',
      { '.gitignore': '#node_modules\n!node_modules\nnode_modules.zip\n' },
      ['.gitignore', 'apps/a/.gitignore'],
    ],
  ])('says where %s has git ignore what an install leaves', async (_, files, told) => {
    const manifest = '{"scripts": {"start": "next start"}, "dependencies": {"next": "16"}}';
    const { leftOut } = await proposeFor({ 'package.json': manifest, 'apps/a/package.json': manifest, ...files });
    expect(leftOut.flatMap(({ file, path }) => (path === 'node_modules' ? [file] : []))).toEqual(told);
  });

  it('with an example of a file of variables reads that, as long as there is none', async () => {
    const files = {
      ...{ 'package.json': '{"scripts": {"start": "next start"}, "dependencies": {"next": "16"}}' },
      '.env.example': 'SITE=http://localhost:3000/\n',
    };
    const { text } = await proposeFor(files);
    expect(parse(text)).toMatchObject({ services: { web: { env: { SITE: '$(COPPICE_URL)' } } } });
  });

  it.each([
    [
      { 'prisma/schema.prisma': 'provider = "postgresql"', 'prisma/migrations/1/m.sql': '' },
      { prisma: '6' },
      'npx prisma migrate deploy',
    ],
    [{ 'prisma/schema.prisma': 'provider = "postgresql"' }, { prisma: '6' }, 'npx prisma db push'],
    [{ 'drizzle/0.sql': '' }, { 'drizzle-kit': '1', postgres: '3' }, 'npx drizzle-kit migrate'],
    [
      { 'src/m/0.sql': '', 'drizzle.config.ts': 'out: "./src/m"' },
      { 'drizzle-kit': '1', pg: '8' },
      'npx drizzle-kit migrate',
    ],
    [{ 'drizzle/.gitkeep': '' }, { 'drizzle-kit': '1', pg: '8' }, 'npx drizzle-kit push --force'],
    [{ 'knexfile.js': '' }, { knex: '3', pg: '8' }, 'npx knex migrate:latest'],
    [{}, { 'sequelize-cli': '6', pg: '8' }, 'npx sequelize-cli db:migrate'],
    [{}, { '@medusajs/medusa': '2' }, 'npx medusa db:migrate'],
  ])('with %j migrates by the tool of %j', async (files, dependencies, migrate) => {
    const { text } = await proposeFor({
      ...files,
      'a.js': '',
      'package.json': JSON.stringify({ scripts: { start: 'node a.js' }, dependencies }),
    });
    expect(parse(text)).toMatchObject({ database: { migrate } });
  });

  it('whose folders have names of any kind runs everything in just these, and gives none to a shell as its text', async () => {
    const web = 'my app; touch $(id)';
    const api = 'it\'s "api"';
    const { text } = await proposeFor({
      [`${web}/package.json`]:
        '{"scripts": {"dev": "vite", "db migrate": "x"}, "dependencies": {"pg": "8"}, "devDependencies": {"prisma": "6", "vite": "8"}}',
      [`${web}/package-lock.json`]: '{}',
      [`${web}/prisma/migrations/1/m.sql`]: '',
      [`${api}/requirements.txt`]: 'flask\n',
      [`${api}/app.py`]: 'app = Flask(__name__)',
    });
    const { file, problems } = parseEnvironmentFile(text);
    expect(problems, text).toEqual([]);
    const folders = file?.services.map(({ folder }) => folder);
    expect(folders).toEqual(expect.arrayContaining([web, api]));
    expect(file?.setup.map(({ command }) => command)).toEqual([
      ['npm', '--prefix', web, 'ci'],
      ['python3', '-m', 'venv', `${api}/.venv`],
      [`${api}/.venv/bin/python`, '-m', 'pip', 'install', '-r', `${api}/requirements.txt`],
    ]);
    expect(file?.database?.migrate).toEqual(['sh', '-c', 'cd "./$1" && npx prisma migrate deploy', 'sh', web]);
  });

  it('that never generated a migration is not migrated by a script that would ask for one', async () => {
    const { text } = await proposeFor({
      'package.json': JSON.stringify({
        scripts: { dev: 'next dev', 'db:migrate': 'drizzle-kit migrate', 'db:push': 'drizzle-kit push' },
        dependencies: { next: '16', 'drizzle-kit': '1', postgres: '3' },
      }),
    });
    expect(parse(text)).toMatchObject({ database: { migrate: 'npm run db:push' } });
  });

  it('whose schema is of another database gets none', async () => {
    const { database } = await proposeFor({
      'package.json': '{"scripts": {"start": "node a.js"}, "dependencies": {"prisma": "6", "pg": "8"}}',
      'prisma/schema.prisma': 'provider = "sqlite"',
    });
    expect(database).toBeUndefined();
  });
});

describe('a workspace of uv beside one of bun, with a compose file that also runs the tests', () => {
  const files: Readonly<Record<string, string>> = {
    'package.json':
      '{"name": "shop", "workspaces": ["frontend"], "scripts": {"dev": "bun run --filter frontend dev", "mail": "bun --cwd mail dev"}, "devDependencies": {"x": "1"}}',
    'bun.lock': '',
    'frontend/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
    'frontend/.env': 'VITE_API_URL=http://localhost:8000\nVITE_TITLE=Shop\n',
    '.env': 'DATABASE_URL=postgresql://postgres:x@localhost:5432/app\nPOSTGRES_HOST=localhost\n',
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["backend", "jobs"]\n',
    'uv.lock': '',
    'backend/pyproject.toml': '[project]\ndependencies = ["fastapi>=0.1", "psycopg>=3"]',
    'backend/app/main.py': 'app = FastAPI()',
    'jobs/pyproject.toml': '[project]\ndependencies = ["six"]',
    'compose.yml': `
services:
  backend:
    build: { context: ., dockerfile: backend/Dockerfile }
    ports: ['8000:8000']
    healthcheck: { test: [CMD, curl, 'http://localhost:8000/api/v1/health'] }
  playwright: { build: { context: ., dockerfile: frontend/Dockerfile.playwright }, ports: ['9323:9323'] }
  shop-e2e: { build: . }
  db: { image: 'postgres:18' }
`,
  };

  it('installs all members at the root, and runs what is of each folder there', async () => {
    const { text, leftOut } = await proposeFor(files);
    const { setup, services } = parse(text) as { setup: string[]; services: Record<string, object> };
    expect(setup).toEqual(['bun install --frozen-lockfile', 'uv sync --frozen --all-packages']);
    // A script that starts another package's is no service of its own, nor is what tests the others.
    expect(Object.keys(services)).toEqual(['backend', 'frontend']);
    expect(services['backend']).toMatchObject({
      folder: 'backend',
      command: 'uv run uvicorn app.main:app --port $(PORT) --reload',
      // By what it is asked there: the site's own address, so that no browser has to be let in from another one.
      routes: ['/api'],
      health: '/api/v1/health',
    });
    const reasons = leftOut.filter(({ path }) => /playwright|e2e/.test(path)).map(({ path, reason }) => [path, reason]);
    const why = expect.stringContaining('runs tests') as string;
    expect(reasons).toEqual([
      ['services.playwright', why],
      ['services.shop-e2e', why],
    ]);
  });

  it('gives what git has of variables the addresses of each environment', async () => {
    const { services } = parse((await proposeFor(files)).text) as { services: Record<string, object> };
    expect(services['frontend']).toMatchObject({
      env: { VITE_API_URL: '$(COPPICE_URL)', POSTGRES_HOST: '$(DATABASE_HOST)' },
    });
    expect(services['frontend']).not.toMatchObject({ env: { VITE_TITLE: expect.anything() as unknown } });
    expect(services['backend']).not.toMatchObject({ env: { DATABASE_URL: expect.anything() as unknown } });
  });

  it('keeps a service that is called after tests where it is all there is', async () => {
    const { text } = await proposeFor({ 'compose.yml': 'services: {e2e: {build: ., command: [run]}}', Dockerfile: '' });
    expect(parse(text)).toMatchObject({ services: { e2e: { command: ['run'] } } });
  });

  it('takes a lockfile above for nobody who is no member', async () => {
    const { text } = await proposeFor({
      'pyproject.toml': '[project]\ndependencies = ["six"]',
      'uv.lock': '',
      'api/requirements.txt': 'flask==3\n',
      'api/app.py': 'app = Flask(__name__)',
    });
    expect(parse(text)).toMatchObject({
      setup: [
        'uv sync --frozen',
        'python3 -m venv api/.venv',
        'api/.venv/bin/python -m pip install -r api/requirements.txt',
      ],
    });
  });
});
