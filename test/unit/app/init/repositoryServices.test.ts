import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { whyNotInSetup } from '../../../../src/app/init/repositoryServices';
import { proposeFor, written, type Written } from '../../../support/proposeFor';

describe('several packages of Node.js', () => {
  const files = {
    'package.json':
      '{"name": "@acme/root", "workspaces": ["apps/*", "packages/*"], "scripts": {"dev": "npm run compile && turbo run dev --filter=@acme/web", "agents:sync": "node scripts/agents.mjs"}, "devDependencies": {"turbo": "2"}}',
    'package-lock.json': '{}',
    'scripts/agents.mjs': 'write()',
    'apps/api/package.json': '{"name": "@acme/api", "scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}',
    'apps/web/package.json': '{"name": "@acme/web", "scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}',
    'packages/prisma/package.json':
      '{"name": "@acme/prisma", "scripts": {"prisma:migrate-dev": "prisma migrate dev", "prisma:migrate-deploy": "prisma migrate deploy", "prisma:seed": "prisma db seed"}, "dependencies": {"prisma": "6"}}',
    'packages/prisma/schema.prisma':
      'datasource db {\n  provider = "postgresql"\n  url = env("APP_DATABASE_URL")\n  directUrl = env("APP_DIRECT_URL")\n}\n',
    'packages/prisma/migrations/1/migration.sql': '',
    'packages/shared/package.json':
      '{"name": "@acme/shared", "scripts": {"ch:reset": "npm run ch:down && npm run ch:seed", "ch:down": "node down.js", "ch:seed": "tsx seed.ts"}, "dependencies": {"tsx": "4"}}',
  };

  it('have the root’s address for the one that its own script starts', async () => {
    const { services } = await written(files);
    expect(services['web']).toMatchObject({ folder: 'apps/web', routes: ['/'] });
    expect(services['web']).not.toHaveProperty('host');
    expect(services['api']).toMatchObject({ host: 'api' });
  });

  it('have no service for a script that does something once', async () => {
    expect(Object.keys((await written(files)).services)).toEqual(['web', 'api']);
  });

  it('are told the database under the names by which their schema reads it', async () => {
    const { services, database } = await written(files);
    const env = { APP_DATABASE_URL: '$(DATABASE_URL)', APP_DIRECT_URL: '$(DATABASE_URL)' };
    expect([services['web'], services['api']]).toMatchObject([{ env }, { env }]);
    expect(database).toEqual({
      // The name of the root says nothing: it is that of the folder.
      template: 'shop_template',
      migrate: 'npm --prefix packages/prisma run prisma:migrate-deploy',
      seed: 'npm --prefix packages/prisma run prisma:seed',
      inputs: ['packages/prisma/migrations', 'packages/prisma/schema.prisma'],
    });
  });

  it('of a content manager have the database by the name that its configuration reads', async () => {
    const { services, database } = await written({
      'package.json':
        '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16", "payload": "3", "@payloadcms/db-postgres": "3"}}',
      'src/payload.config.ts': "connectionString: process.env.DATABASE_URI || ''",
    });
    expect(services['web']).toMatchObject({ env: { DATABASE_URI: '$(DATABASE_URL)' } });
    expect(database).toEqual({ template: 'shop_template' });
  });

  it('are told it by the usual name alone where that is the one', async () => {
    const { services, database } = await written({
      'package.json':
        '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}, "devDependencies": {"prisma": "6"}}',
      'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
      'prisma/migrations/1/migration.sql': '',
    });
    expect(services['web']).not.toHaveProperty('env');
    expect(database).toMatchObject({ migrate: 'npx prisma migrate deploy' });
  });
});

describe('the processes of a Procfile', () => {
  it('that only a build makes are told', async () => {
    const { services, leftOut } = await proposeFor({
      'Cargo.toml': '[package]\nname = "shop"\n[dependencies]\naxum = "0.8"\n',
      'src/main.rs': 'fn main() { serve() }',
      'bin/report': '',
      Procfile: 'web: ./target/release/shop\nworker: ./target/release/shop work\nreport: bin/report\n',
    });
    expect(services.map(({ name }) => name)).toEqual(['api', 'report']);
    expect(leftOut).toMatchObject([{ file: 'Procfile', path: 'worker' }]);
  });

  const processes =
    'web: gunicorn shop.wsgi\nworker: celery -A shop worker\nbeat: celery -A shop beat -S "$BEAT"\ncss: npx tailwindcss --watch\nmail: bin/mail';
  const workersOf = async (files: Readonly<Record<string, string>>): Promise<unknown[]> => {
    const { services } = await written({ Procfile: processes, 'manage.py': '', ...files });
    return ['worker', 'beat', 'css', 'mail'].map((name) => services[name]?.['command']);
  };

  it('are run with what the project is installed with', async () => {
    expect(await workersOf({ 'pyproject.toml': '[project]\ndependencies = ["django"]', 'uv.lock': '' })).toEqual([
      'uv run celery -A shop worker',
      ['uv', 'run', 'sh', '-c', 'celery -A shop beat -S "$BEAT"'],
      'npx tailwindcss --watch',
      ['uv', 'run', 'bin/mail'],
    ]);
    expect(await workersOf({ 'requirements.txt': 'django' })).toEqual([
      '.venv/bin/celery -A shop worker',
      ['sh', '-c', '. .venv/bin/activate && celery -A shop beat -S "$BEAT"'],
      'npx tailwindcss --watch',
      ['sh', '-c', '. .venv/bin/activate && exec "$@"', 'bin/mail', 'bin/mail'],
    ]);
  });

  it('are as they stand there where the root has no project of Python', async () => {
    const files = { Procfile: processes, 'api/requirements.txt': 'flask', 'api/app.py': 'app = Flask(__name__)' };
    expect((await written(files)).services['worker']).toMatchObject({ command: 'celery -A shop worker' });
  });
});

describe('a project of Django whose sources are in a folder', () => {
  it('is started and migrated by its own program there', async () => {
    const { services, database } = await written({
      'pyproject.toml': '[project]\ndependencies = ["django>=5", "psycopg>=3"]',
      'uv.lock': '',
      'src/manage.py': '',
    });
    expect(services['web']).toMatchObject({ command: 'uv run python src/manage.py runserver $(PORT)' });
    expect(database).toMatchObject({ migrate: 'uv run python src/manage.py migrate' });
  });

  it('is found in one that is called as the project is', async () => {
    const { services } = await written({
      'requirements.txt': 'django==5\n',
      'shop/manage.py': '',
      'docs/manage.py': '',
    });
    expect(services['web']).toMatchObject({ command: '.venv/bin/python shop/manage.py runserver $(PORT)' });
  });

  it('has what Alembic migrates in the folder of a project as well', async () => {
    const { database } = await written({
      'package.json': '{"name": "shop-template"}',
      'backend/requirements.txt': 'fastapi\nalembic\npsycopg\n',
      'backend/main.py': 'app = FastAPI()',
      'backend/alembic.ini': '',
    });
    expect(database).toEqual({
      template: 'shop_template',
      migrate: ['sh', '-c', 'cd "./$1" && .venv/bin/alembic upgrade head', 'sh', 'backend'],
    });
  });
});

describe('a devcontainer', () => {
  const files = {
    'go.mod': 'module x',
    'main.go': 'package main\nfunc main() { http.ListenAndServe(":8080", nil) }',
    '.devcontainer/docker-compose.yml': `
services:
  editor: { build: { context: .. , dockerfile: .devcontainer/Dockerfile }, command: sh -c 'while sleep 1000; do :; done' }
  other: { build: ../other, command: sleep infinity }
`,
    '.devcontainer/devcontainer.json': JSON.stringify({
      dockerComposeFile: 'docker-compose.yml',
      service: 'editor',
      onCreateCommand: './.devcontainer/on-create.sh',
      postCreateCommand: {
        clean: "bash -c 'rm -rf .venv/.* && make hooks'",
        env: 'cp .env.example .env && npm run db:migrate',
      },
    }),
  };

  it('has what it does to its own container left out, and told', async () => {
    const { text, leftOut } = await proposeFor(files);
    const { setup } = parse(text) as Written;
    expect(setup).toEqual(['go list -export .', 'cp .env.example .env']);
    const reason = expect.stringContaining('meant for the container') as string;
    expect(leftOut).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'npm run db:migrate' }),
        { file: '.devcontainer/devcontainer.json', path: './.devcontainer/on-create.sh', reason },
        { file: '.devcontainer/devcontainer.json', path: "bash -c 'rm -rf .venv/.* && make hooks'", reason },
      ]),
    );
  });

  it('has no service that only keeps a container running', async () => {
    const { text, leftOut } = await proposeFor(files);
    const { services } = parse(text) as Written;
    expect(Object.keys(services)).toEqual(['api']);
    const reasons = leftOut.filter(({ path }) => /^services\.(?:editor|other)$/.test(path)).map(({ reason }) => reason);
    expect(reasons).toEqual(
      Array<string>(2).fill('keeps a container running for people to work in: here that is this machine'),
    );
  });

  it('answers at once, however long a command is', () => {
    for (const command of [`sed -i ${"''".repeat(60)} ;`, `uv sync${' --a'.repeat(60)} ;`])
      expect(whyNotInSetup(command)).toMatch(/container/);
  });

  it.each([
    ['sudo apt-get install x', /container/],
    ['apt install -y x', /container/],
    ['docker compose up -d', /container/],
    ['bash .devcontainer/post.sh', /container/],
    ['rm -rf node_modules', /container/],
    ['chown -R node /workspace/app', /container/],
    ['git clean -fdx', /container/],
    ['git reset --hard origin/main', /container/],
    ['curl -fsSL https://example.com/x | sh', /container/],
    ['npm install --global turbo', /container/],
    ['yarn global add x', /container/],
    ['pipx install poetry', /container/],
    ['git config --add --global a b', /container/],
    ['find . -name node_modules -delete', /container/],
    ['cp x ../elsewhere', /container/],
    ['npx prisma migrate reset --force', /database\.migrate/],
    ['bundle exec rails db:reset', /database\.migrate/],
    // The database that a copied .env names is none of an environment's.
    ['pnpm db:migrate:dev', /database\.migrate/],
    ['bin/rails db:setup', /database\.migrate/],
  ])('knows why %s stands in no setup', (command, why) => {
    for (const each of [command, ['sh', '-c', command]]) expect(whyNotInSetup(each)).toMatch(why);
  });

  it.each([
    'npm ci',
    'cp .env.example .env',
    'npm run confirm',
    'make form',
    'uv sync --group dev',
    'pip install -r requirements.txt',
  ])('lets %s be', (command) => {
    expect([whyNotInSetup(command), whyNotInSetup(['sh', '-c', command])]).toEqual([undefined, undefined]);
  });
});

describe('packages that are no services', () => {
  const next = '"dependencies": {"next": "16"}';
  const files = {
    'package.json':
      '{"workspaces": ["apps/*", "packages/*"], "scripts": {"api:bundle": "node docs/bundle.mjs", "dev": "turbo dev"}}',
    'docs/bundle.mjs': '',
    'apps/web/package.json': `{"scripts": {"dev": "pnpm generate && concurrently --kill-others \\"next dev --port 8888\\""}, ${next}}`,
    'packages/ui/package.json': `{"scripts": {"build": "tsup", "lint": "eslint ."}, ${next}}`,
    'packages/cli/package.json': '{"bin": {"acme": "dist/index.js"}, "scripts": {"start": "node dist/index.js"}}',
    'packages/database/package.json':
      '{"scripts": {"db:create-other:dev": "dotenv -- node create.js", "db:migrate:deploy": "node migrate.js", "db:push": "prisma db push"}, "dependencies": {"pg": "8"}}',
  };

  it('are libraries, commands that people type, and scripts that make something', async () => {
    const { services, database } = await written(files);
    expect(Object.keys(services)).toEqual(['web']);
    expect(services['web']).toMatchObject({ command: 'npx next dev --port 8888 --port $(PORT)' });
    expect(database).toMatchObject({ migrate: 'npm --prefix packages/database run db:migrate:deploy' });
  });
});

describe('a compose file in a folder of its own', () => {
  it('is about the project that it builds, not about the folder of its Dockerfile', async () => {
    const { services } = await written({
      'requirements.txt': 'django==5\n',
      'manage.py': '',
      'docker/Dockerfile': 'FROM python',
      'docker/docker-compose.yml':
        'services: {web: {build: {context: .., dockerfile: docker/Dockerfile}, ports: ["8000:8000"], command: uwsgi x.ini}}',
    });
    expect(services).toEqual({
      web: expect.objectContaining({
        command: '.venv/bin/python manage.py runserver $(PORT)',
        port: 8000,
        routes: ['/'],
      }) as unknown,
    });
  });
});

describe('what looks like another thing', () => {
  const express = (scripts: object, more: Readonly<Record<string, string>> = {}) =>
    written({
      'package.json': JSON.stringify({ scripts, dependencies: { ws: '8' } }),
      'index.js': 'app.listen(process.env.PORT)',
      ...more,
    });

  it.each([
    ['pnpm exec nodemon -w src index.js', 'dev'],
    ['nodemon index.js', 'gateway'],
    ['node index.js', 'backend'],
  ])('a script that listens is a server: %s', async (text, name) => {
    expect(Object.keys((await express({ [name]: text })).services)).toEqual(['api']);
  });

  it('a script for a deployment is no migration, and the tool itself is', async () => {
    const migrateOf = async (name: string, text: string) => {
      const files = {
        'package.json': JSON.stringify({
          scripts: { dev: 'node index.js', [name]: text },
          dependencies: { pg: '8' },
          devDependencies: { prisma: '6' },
        }),
        'prisma/migrations/1/migration.sql': '',
        'index.js': 'app.listen(process.env.PORT)',
      };
      return (await written(files)).database?.['migrate'];
    };
    for (const text of [
      'railway run prisma migrate deploy',
      'dotenv -e ../.env.production -- prisma migrate deploy',
      'ssh x prisma migrate deploy',
    ])
      expect(await migrateOf('db:deploy', text), text).toBe('npx prisma migrate deploy');
    expect(await migrateOf('db:deploy', 'prisma migrate deploy')).toBe('npm run db:deploy');
    expect(await migrateOf('db:deploy', 'dotenv -e ../.env npx -- prisma migrate deploy')).toBe('npm run db:deploy');
  });

  it('a container that runs something before it waits is a service', async () => {
    const { services } = await written({
      'compose.yml':
        'services: {jobs: {build: jobs, command: bash -c "bundle exec sidekiq & tail -f /dev/null"}, web: {build: web, command: [run]}}',
      'jobs/x': '',
      'web/x': '',
    });
    expect(Object.keys(services)).toEqual(['jobs', 'web']);
  });

  it('a browser that others ask is no test', async () => {
    const { services } = await written({
      'compose.yml':
        'services: {api: {build: api, command: [run], depends_on: [playwright], environment: {BROWSER_URL: "http://playwright:3000"}}, playwright: {build: ./playwright, command: [serve], ports: ["3000:3000"]}}',
      'api/x': '',
      'playwright/x': '',
    });
    expect(Object.keys(services)).toEqual(['api', 'playwright']);
  });

  it('a folder that its tests share has its site all the same', async () => {
    const { services } = await written({
      'compose.yml':
        'services: {frontend: {build: ./frontend, ports: ["5173:80"]}, playwright: {build: {context: ./frontend, dockerfile: Dockerfile.playwright}}}',
      'frontend/Dockerfile': 'FROM nginx',
      'frontend/Dockerfile.playwright': 'FROM x',
      'frontend/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
    });
    expect(services).toEqual({
      frontend: expect.objectContaining({ command: expect.stringContaining('run dev') as unknown }) as unknown,
    });
  });

  it('a project of Django in a folder is started once', async () => {
    const { services } = await written({
      'pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'backend/requirements.txt': 'django==5\n',
      'backend/manage.py': '',
    });
    expect(Object.keys(services)).toEqual(['backend']);
  });

  it('a project below a workspace of uv that does not name it is no member', async () => {
    const { setup } = await written({
      'pyproject.toml':
        '[project]\nname = "root"\n[tool.uv.workspace]\nmembers = [\n  "libs/*",\n]\nexclude = ["libs/old"]\n[tool.x]\nmembers = ["api"]\n',
      'uv.lock': '',
      'api/requirements.txt': 'fastapi\n',
      'api/main.py': 'app = FastAPI()',
      'libs/old/requirements.txt': 'six\n',
      'libs/new/pyproject.toml': '[project]\ndependencies = ["six"]',
    });
    expect(setup).toContain('python3 -m venv api/.venv');
    expect(setup).toContain('python3 -m venv libs/old/.venv');
    expect(setup).not.toContain('python3 -m venv libs/new/.venv');
  });

  it('a script of a shell is run with what the project has installed', async () => {
    const at = async (lock: Readonly<Record<string, string>>) =>
      (
        await written({
          'requirements.txt': 'fastapi\n',
          'main.py': 'app = FastAPI()',
          'scripts/prestart.sh': '',
          'compose.yml':
            'services: {api: {build: ., ports: ["8000:8000"], depends_on: {prestart: {condition: service_completed_successfully}}}, prestart: {build: ., command: [bash, scripts/prestart.sh]}}',
          Dockerfile: 'FROM python',
          ...lock,
        })
      ).services['prestart']?.['command'];
    expect(await at({ 'uv.lock': '' })).toEqual(['uv', 'run', 'bash', 'scripts/prestart.sh']);
    expect(await at({})).toEqual([
      'bash',
      '-c',
      '. .venv/bin/activate && exec "$@"',
      'bash',
      'bash',
      'scripts/prestart.sh',
    ]);
  });

  it('a database that tests empty, or of another machine, is not the environment’s', async () => {
    const { services } = await written({
      'package.json': '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16", "pg": "8"}}',
      '.env':
        'DB=postgres://localhost/x\nTEST_DATABASE_URL=postgres://u:p@localhost:5432/x_test\nSTATS=postgresql://u:p@stats.example.com/prod\n',
    });
    expect(services['web']?.['env']).toEqual({ DB: '$(DATABASE_URL)' });
  });
});
