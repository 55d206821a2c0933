import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importedCompose } from '../../../support/importedCompose';
import { proposeFor } from '../../../support/proposeFor';

describe('a compose file that mounts a part of a folder of sources', () => {
  const files = {
    'pyproject.toml': '[project]\ndependencies = ["fastapi", "sqlalchemy", "psycopg"]',
    'uv.lock': '',
    'src/alembic.ini': '',
    'src/app/main.py': 'app = make(router)',
    // The application's own module.
    'src/app/core/setup.py': 'import fastapi\n\ndef setup(): ...',
    Dockerfile: 'FROM python\nWORKDIR /code',
  };
  const compose = `services:
    api: {build: ., command: uvicorn app.main:app --port 8000, ports: ["8000:8000"], env_file: [src/.env], volumes: ["./src/app:/code/app", "./src/.env:/code/.env"]}
    jobs: {build: ., command: ./run.sh, volumes: ["./src/app:/code/app"]}
    db: {image: postgres:17}`;

  it('is started where that part is, by the project above', async () => {
    const { services, database, left } = await importedCompose(compose, files);
    expect(Object.keys(services)).toEqual(['api', 'jobs']);
    expect(services['api']).toMatchObject({
      folder: 'src',
      command: ['uv', 'run', 'uvicorn', 'app.main:app', '--port', '$(PORT)'],
    });
    expect(services['jobs']).toMatchObject({ folder: 'src', command: ['./run.sh'] });
    expect(database).toMatchObject({ migrate: ['sh', '-c', 'cd "./$1" && uv run alembic upgrade head', 'sh', 'src'] });
    expect(left).toContainEqual(
      expect.stringMatching(/^services\.api\.env_file\.src\/\.env: it is not there yet: make it/),
    );
  });

  it('finds the programs of a virtual environment of the project above for what it migrates', async () => {
    const { 'uv.lock': _, ...withoutLock } = files;
    const ofVenv = await importedCompose(compose, { ...withoutLock, 'requirements.txt': 'fastapi\npsycopg' });
    expect(ofVenv.database).toMatchObject({
      migrate: ['sh', '-c', 'cd "./$1" && ../.venv/bin/alembic upgrade head', 'sh', 'src'],
    });
  });
});

it('a script of a package that several services share is told its port where it is the one that serves', async () => {
  const { services } = await importedCompose(
    `services:
      web: {build: ., command: npm run dev, ports: ['5173:5173']}
      jobs: {build: ., command: npm run jobs}`,
    { 'package.json': '{"scripts": {"dev": "vite", "jobs": "node jobs.js"}, "devDependencies": {"vite": "8"}}' },
  );
  expect(services['web']).toMatchObject({ command: 'npm run dev -- --port $(PORT) --strictPort', port: 5173 });
  expect(services['jobs']).toMatchObject({ command: ['npm', 'run', 'jobs'] });
});

it('the app of a folder is what is built of its files, and not a tool that is built of none beside it', async () => {
  const { services } = await importedCompose(
    `services:
      mails: {build: {context: ., dockerfile: mails.Dockerfile}, ports: ['1080:1080']}
      api: {build: ., ports: ['3001:3001']}`,
    {
      'package.json': '{"scripts": {"start:dev": "nest start --watch"}, "dependencies": {"@nestjs/core": "11"}}',
      'src/main.ts': 'await app.listen(process.env.PORT)',
      'mails.Dockerfile': 'FROM node\nCOPY --from=tools /mails /mails\nRUN npm i -g mails\nCMD mails',
      Dockerfile: 'FROM node\nCOPY --chown=node:node . /app\nCMD ["/opt/start.sh"]',
    },
  );
  expect(services['api']).toMatchObject({ command: 'npm run start:dev' });
  expect(services['api']).not.toHaveProperty('replicas');
  expect(services['mails']).toMatchObject({ command: ['sh', '-c', 'mails'], port: 1080 });
});

describe('a compose file of a devcontainer', () => {
  const compose = `services:
    app:
      build: {context: .., dockerfile: .devcontainer/Dockerfile}
      volumes: ["..:/workspace:cached", "gems:/bundle"]
      command: sleep infinity
      environment: &env {DB_HOST: db, BUNDLE_PATH: /bundle, DATA: /workspace/tmp/data, API_PREFIX: /api}
    worker: {build: {context: .., dockerfile: .devcontainer/Dockerfile}, command: bundle exec sidekiq, environment: *env}
    db: {image: postgres:17}
  volumes: {gems: {}}`.replace(/^ {2}/gm, '');
  const files = {
    Gemfile: 'gem "rails"\ngem "pg"',
    'Gemfile.lock': '',
    'bin/rails': '',
    'config/application.rb': '',
    '.devcontainer/devcontainer.json': '{"dockerComposeFile": "docker-compose.yml", "service": "app"}',
    '.devcontainer/Dockerfile': 'FROM ruby',
  };

  it('has the repository’s own service for the container that people work in, and the others beside it', async () => {
    const { text, leftOut } = await proposeFor({ ...files, '.devcontainer/docker-compose.yml': compose });
    const { services } = parse(text) as { readonly services: Readonly<Record<string, Record<string, unknown>>> };
    expect(services['app']).toMatchObject({ command: 'bin/rails server -p $(PORT)' });
    expect(services['worker']).toMatchObject({ command: ['bundle', 'exec', 'sidekiq'] });
    expect(services['worker']).not.toHaveProperty('folder');
    // What is in containers alone is nowhere here.
    for (const name of ['app', 'worker'])
      expect(services[name]?.['env']).toEqual({
        DB_HOST: '$(DATABASE_HOST)',
        DB_PORT: '$(DATABASE_PORT)',
        API_PREFIX: '/api',
      });
    const reason = expect.stringContaining('is a place in its container') as string;
    expect(leftOut).toContainEqual(
      expect.objectContaining({ path: 'services.worker.environment.BUNDLE_PATH', reason }),
    );
  });
});
