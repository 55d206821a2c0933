import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../../src/core/text/parseCommand';
import { proposeFor, written, type Written } from '../../../support/proposeFor';

describe('scripts that start several others', () => {
  const manifest = (scripts: Readonly<Record<string, string>>) =>
    JSON.stringify({ scripts, dependencies: { koa: '3' }, devDependencies: { vite: '8' } });

  it('are taken apart whoever runs the program that starts them, and what needs a build comes last', async () => {
    const { services } = await written({
      'package.json': manifest({
        dev: 'NODE_ENV=development yarn concurrently -n api -c "blue,magenta" "node --inspect build/server.js"',
        'dev:backend': 'nodemon --exec "yarn build:server && yarn dev" -e ts --watch server',
        'dev:watch': 'yarn concurrently -n backend,frontend "yarn dev:backend" "yarn vite:dev"',
        'build:server': 'node build.js',
        'vite:dev': 'X=1 vite',
      }),
      'yarn.lock': '',
    });
    expect(services).toMatchObject({
      web: { command: 'yarn run vite:dev --port $(PORT) --strictPort' },
      api: { command: 'yarn run dev:backend' },
    });
  });

  it('are told from what they prepare first', async () => {
    const scripts = {
      dev: 'pnpm dx',
      dx: 'run-s migrate-dev db-seed && next dev --port 4000',
      'migrate-dev': 'x',
      'db-seed': 'y',
    };
    const { services } = await written({ 'package.json': JSON.stringify({ scripts, dependencies: { next: '16' } }) });
    expect(services['web']).toMatchObject({ command: 'npx next dev --port 4000 --port $(PORT)' });
  });

  it.each(['next dev 2>&1 | tee dev.log', 'next dev > dev.log 2>&1 & tail -f dev.log', 'next dev &> "my log" & true'])(
    'are told from where a shell sends what they say: %s',
    async (dev) => {
      const manifest = JSON.stringify({ scripts: { dev }, dependencies: { next: '16' } });
      expect((await written({ 'package.json': manifest })).services['web']).toMatchObject({ command: 'npx next dev' });
    },
  );

  it.each([
    'pnpm -r do-dev',
    'pnpm -r --parallel run do-dev',
    'turbo run do-dev --continue',
    'npm run do-dev --workspaces',
  ])('of all packages give the root’s address to one that has the script: %s', async (dev) => {
    const vite = (scripts: object) => JSON.stringify({ scripts, devDependencies: { vite: '8' } });
    const { services } = await written({
      'package.json': JSON.stringify({ workspaces: ['packages/*'], scripts: { dev } }),
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml': 'packages: [packages/*]',
      'packages/admin/package.json': vite({ dev: 'vite' }),
      'packages/site/package.json': vite({ 'dev:vite': 'vite', 'do-dev': 'pnpm run dev:vite' }),
    });
    expect(services['site']).not.toHaveProperty('host');
    expect(services['admin']).toMatchObject({ host: 'admin' });
  });
});

it('a desktop app beside others is no service, and that is said', async () => {
  const desktop = {
    'desktop/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
    'desktop/src-tauri/tauri.conf.json': '{}',
    'desktop/src-tauri/Cargo.toml': '[package]\nname = "desktop"\n[dependencies]\ntauri = "2"\naxum = "0.8"',
    'desktop/src-tauri/src/main.rs': 'fn main() {}',
  };
  const site = { 'site/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}' };
  const { text, leftOut } = await proposeFor({ ...desktop, ...site });
  expect(Object.keys((parse(text) as Written).services)).toEqual(['site']);
  expect(leftOut).toContainEqual(expect.objectContaining({ file: 'desktop/src-tauri' }));
});

describe('a program that counts its file of variables before what it is given', () => {
  const orm = 'env-cmd -- ts-node ./orm.js';
  const manifest = (scripts: Readonly<Record<string, string>>) =>
    JSON.stringify({ scripts, dependencies: { express: '5', pg: '8' } });

  it('is told to heed the environment’s database and port, through scripts that start each other', async () => {
    const scripts = { orm, up: 'npm run orm -- up', 'migration:run': 'npm run orm -- --config x.ts run' };
    const files = { 'package.json': manifest({ dev: 'env-cmd -f .env.dev node server.js', ...scripts }) };
    const { services, database } = await written(files);
    expect(services['api']).toMatchObject({ command: 'npx env-cmd --no-override -f .env.dev node server.js' });
    expect(database).toMatchObject({ migrate: 'npx env-cmd --no-override -- ts-node ./orm.js --config x.ts run' });
  });

  it('is left as it is where it does so already, and where scripts start each other in a circle', async () => {
    const scripts = { dev: 'node server.js', migrate: 'npm run again', again: 'npm run migrate' };
    expect((await written({ 'package.json': manifest(scripts) })).database).toMatchObject({
      migrate: 'npm run migrate',
    });
    const heeding = { ...scripts, migrate: 'env-cmd --no-override node migrate.js' };
    expect((await written({ 'package.json': manifest(heeding) })).database).toMatchObject({
      migrate: 'npm run migrate',
    });
  });

  it.each([
    [
      'NODE_ENV=development A="b c" env-cmd -f .env knex up',
      'env NODE_ENV=development A="b c" npx env-cmd --no-override -f .env knex up',
    ],
    ['cross-env NODE_ENV=test env-cmd knex up', 'npx cross-env NODE_ENV=test env-cmd --no-override knex up'],
    ['npx env-cmd knex up', 'npx env-cmd --no-override knex up'],
    // A shell takes them apart, and it alone finds their programs.
    ['npm run build && env-cmd knex up', 'npm run migrate'],
    ['env-cmd knex up&&env-cmd knex seed', 'npm run migrate'],
    ['env-cmd knex up --env $ENVIRONMENT', 'npm run migrate'],
  ])('is told so where that can be run: %s', async (migrate, command) => {
    const { database } = await written({ 'package.json': manifest({ dev: 'node server.js', build: 'tsc', migrate }) });
    expect(database).toMatchObject({ migrate: command });
    expect(parseCommand(command)).not.toHaveProperty('problem');
  });

  it('is told so by a service as well', async () => {
    const { services } = await written({
      'package.json': manifest({ dev: 'A=1 npx env-cmd -f .env.dev node server.js' }),
    });
    expect(services['api']).toMatchObject({ command: 'env A=1 npx env-cmd --no-override -f .env.dev node server.js' });
  });
});
