import { expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const json = (value: object): string => JSON.stringify(value);
const plugin = (name: string, options: object): object => ({ plugin: `@nx/${name}/plugin`, options });

/** As `create-nx-workspace` makes it: what all depend on stands at the root, and no script starts anything. */
const workspace = {
  'package.json': json({
    name: '@acme/source',
    workspaces: ['apps/*'],
    scripts: { start: 'nx serve' },
    dependencies: { react: '19', express: '5' },
    devDependencies: { nx: '22', vite: '7', next: '16', '@angular/cli': '21' },
  }),
  'package-lock.json': '{}',
  'nx.json': json({ plugins: [plugin('vite', { devTargetName: 'dev', serveTargetName: 'serve' }), '@nx/next/plugin'] }),
};

it('applications of Nx are started as its plug-ins find them, and nothing is started at the root', async () => {
  const { services, setup } = await written({
    ...workspace,
    'apps/shop/vite.config.mts': '',
    'apps/shop/index.html': '',
    'apps/shop/package.json': json({ name: '@acme/shop' }),
    'apps/site/next.config.js': '',
    'apps/site/project.json': json({ name: 'site', projectType: 'application' }),
    'apps/shop-e2e/vite.config.mts': '',
    'apps/shop-e2e/index.html': '',
    'libs/ui/vite.config.mts': '',
    'libs/ui/project.json': json({ name: 'ui', projectType: 'library' }),
  });
  expect(services).toEqual({
    shop: { folder: 'apps/shop', command: 'npx nx run @acme/shop:dev --port $(PORT)', port: 4200, routes: ['/'] },
    site: {
      ...{ folder: 'apps/site', command: 'npx nx run site:dev --port $(PORT)', port: 3000 },
      ...{ host: 'site', routes: ['/'] },
    },
  });
  expect(setup).toEqual(['npm ci']);
});

it('applications of Nx are started by the target that their project names', async () => {
  const target = (executor: string, options = {}): object => ({ serve: { executor, options } });
  const { services } = await written({
    ...workspace,
    'pnpm-lock.yaml': '',
    'apps/admin/project.json': json({ name: 'admin', targets: target('@angular/build:dev-server', { port: 4300 }) }),
    'apps/api/package.json': json({ name: '@acme/api', nx: { name: 'api', targets: target('@nx/js:node') } }),
    'apps/own/project.json': json({ name: 'own', targets: target('nx:run-commands') }),
    'apps/old/project.json': json({ name: 'old', targets: target('@nrwl/web:file-server') }),
  });
  expect(services).toEqual({
    admin: { folder: 'apps/admin', command: 'pnpm exec nx run admin:serve --port $(PORT)', port: 4300, routes: ['/'] },
    api: { folder: 'apps/api', command: 'pnpm exec nx run api:serve', port: 3000, routes: ['/api'] },
  });
});

it('what a package’s own script starts is started by it', async () => {
  const { services } = await written({
    ...workspace,
    'apps/web/package.json': json({ name: 'web', scripts: { dev: 'next dev' }, dependencies: { next: '16' } }),
    'apps/web/next.config.js': '',
  });
  expect(services).toMatchObject({ web: { folder: 'apps/web', command: 'npm run dev' } });
});
