import { expect, it } from 'vitest';
import { proposeFor, written } from '../../../support/proposeFor';

it('installs no tool of somebody’s that nothing starts and no script speaks of', async () => {
  const tool = '{"scripts": {"start": "tsc"}, "dependencies": {"left": "1"}}';
  const { setup } = await written({
    'package.json':
      '{"scripts": {"dev": "vite", "hook": "npm --prefix extra/hook run start"}, "devDependencies": {"vite": "8"}}',
    'package-lock.json': '{}',
    'extra/release/package.json': tool,
    'extra/hook/package.json': tool,
    'extra/locked/package.json': tool,
    'extra/locked/package-lock.json': '{}',
    'extra/image/package.json': tool,
    'extra/image/Dockerfile': 'FROM node',
    'client/package.json': tool,
    'servers/api/package.json': '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}',
    'extra/push-examples/js/package.json': '{"scripts": {"start": "node index.js"}, "dependencies": {"left": "1"}}',
  });
  expect(setup).toEqual([
    'npm ci',
    'npm --prefix client install',
    'npm --prefix extra/hook install',
    'npm --prefix extra/image install',
    'npm --prefix extra/locked ci',
    'npm --prefix servers/api install',
  ]);
});

it('what a script says by itself is no server', async () => {
  const { services } = await written({
    'package.json': JSON.stringify({ scripts: { dev: 'node -e "console.warn(1)"', start: 'node server.js' } }),
    'server.js': 'createServer().listen(process.env.PORT)',
  });
  expect(services['api']).toMatchObject({ command: 'npm run start' });
});

it('linters beside a project of another language are not installed, unless something of theirs is started', async () => {
  const linters = {
    scripts: { 'lint:css': 'stylelint .' },
    devDependencies: { eslint: '9', '@acme/stylelint-config': '1' },
  };
  const setupOf = async (json: object) =>
    (await written({ 'requirements.txt': 'django==5\n', 'manage.py': '', 'package.json': JSON.stringify(json) })).setup;
  expect(await setupOf(linters)).not.toContain('npm install');
  const { scripts, devDependencies } = linters;
  expect(await setupOf({ scripts: { ...scripts, prepare: 'husky' }, devDependencies })).toContain('npm install');
  expect(await setupOf({ scripts, devDependencies: { ...devDependencies, sass: '1' } })).toContain('npm install');
});

it('tells what it does not install, and how', async () => {
  const { leftOut } = await proposeFor({
    'requirements.txt': 'django==5\n',
    'manage.py': '',
    'package.json': '{"devDependencies": {"eslint": "9"}}',
    'package-lock.json': '{}',
    '.gitignore': 'node_modules\n.venv\n',
  });
  expect(leftOut).toEqual([
    { file: 'package.json', path: 'dependencies', reason: expect.stringContaining('add "npm ci" to setup') as string },
  ]);
});
