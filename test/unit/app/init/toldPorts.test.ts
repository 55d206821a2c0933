import { expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const nest = '{"scripts": {"start:dev": "nest start --watch"}, "dependencies": {"@nestjs/core": "11"}}';
const api = async (files: Readonly<Record<string, string>>) => (await written(files)).services['api'];

it('a server is told its port by the variable that its example has for it', async () => {
  const files = { 'package.json': nest, 'env-example-relational': 'APP_PORT=3001\nMAIL_PORT=1025\n' };
  expect(await api(files)).toMatchObject({ port: 3001, env: { APP_PORT: '$(PORT)' } });
});

it('one that the compose file publishes by that variable is told it, too', async () => {
  const files = {
    'compose.yml': "services: {api: {build: ., command: node server.js, ports: ['${APP_PORT}:${APP_PORT}']}}",
    Dockerfile: 'FROM node',
    '.env.example': 'APP_PORT=4100\n',
  };
  expect(await api(files)).toMatchObject({ port: 4100, env: { APP_PORT: '$(PORT)' } });
});

it('a port that the source names stays, and a variable of others says nothing of it', async () => {
  const files = {
    'package.json': '{"scripts": {"dev": "node server.js"}, "dependencies": {"express": "5"}}',
    'server.js': 'app.listen(process.env.PORT || 4000)',
    '.env.example': 'APP_PORT=5000\nSMTP_PORT=1025\n',
  };
  expect(await api(files)).toMatchObject({ port: 4000 });
  expect(await api(files)).not.toHaveProperty('env');
});

it('two ports are no answer', async () => {
  const files = { 'package.json': nest, '.env.example': 'APP_PORT=3001\nHTTP_PORT=3002\n' };
  expect(await api(files)).toMatchObject({ port: 3000 });
});

it('what git ignores is written down by nobody', async () => {
  const { services } = await written({ 'package.json': nest, '.env.example': '' });
  expect(services['api']).toMatchObject({ port: 3000 });
});

it.each(['99999', '0080', '00'])('what is no port is none: %s', async (value) => {
  const files = { 'package.json': nest, '.env.example': `APP_PORT=${value}\n` };
  expect(await api(files)).toMatchObject({ port: 3000 });
  expect(await api(files)).not.toHaveProperty('env');
});

it('the variable of another service is its own, though both have the same port', async () => {
  const { services } = await written({
    'package.json': '{"workspaces": ["apps/*"]}',
    '.env.example': 'API_PORT=3000\nWEB_PORT=3000\n',
    'apps/api/package.json': nest,
    'apps/web/package.json': '{"scripts": {"dev": "next dev"}, "dependencies": {"next": "16"}}',
  });
  expect(services['api']).toMatchObject({ port: 3000, env: { API_PORT: '$(PORT)' } });
  expect(services['api']?.['env']).not.toHaveProperty('WEB_PORT');
  expect(services['web']).toMatchObject({ port: 3000, env: { WEB_PORT: '$(PORT)' } });
  expect(services['web']?.['env']).not.toHaveProperty('API_PORT');
});
