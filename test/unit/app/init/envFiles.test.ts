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
