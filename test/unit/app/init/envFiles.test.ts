import { describe, expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

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
