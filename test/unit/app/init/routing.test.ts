import { describe, expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const app = (dependency: string, dev: string): string =>
  JSON.stringify({ scripts: { dev }, dependencies: { [dependency]: '*' } });
const api = {
  'api/package.json': app('express', 'node server.js'),
  'api/server.js': "app.get('/api/users'); app.listen(process.env.PORT || 4000)",
};
const places = (services: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const { host, routes } = service as { host?: string; routes?: unknown };
      return [name, host === undefined ? routes : host];
    }),
  );

describe('what a server answers below /api', () => {
  it('is beside a site that does not answer there', async () => {
    const { services } = await written({ 'web/package.json': app('next', 'next dev'), ...api });
    expect(places(services)).toEqual({ web: ['/'], api: ['/api'] });
  });

  it.each([
    ['next', 'next dev', 'app/api/auth/[...all]/route.ts'],
    ['next', 'next dev', 'src/app/(shop)/api/cart/route.ts'],
    ['next', 'next dev', 'pages/api/hello.ts'],
    ['nuxt', 'nuxt dev', 'server/api/cart.get.ts'],
    ['@sveltejs/kit', 'vite dev', 'src/routes/(shop)/api/cart/+server.ts'],
    ['@react-router/dev', 'react-router dev', 'app/routes/api.cart.ts'],
    ['astro', 'astro dev', 'src/pages/api/cart.ts'],
  ])('has a host of its own where a site of %s (%s) answers there itself by %s', async (dependency, dev, file) => {
    const { services } = await written({ 'web/package.json': app(dependency, dev), [`web/${file}`]: '', ...api });
    expect(places(services)).toEqual({ web: ['/'], api: 'api' });
  });

  it.each([
    ['next', 'next dev', 'lib/api/client.ts'],
    ['next', 'next dev', 'app/api/client.ts'],
    ['@angular/cli', 'ng serve', 'src/app/api/cart.service.ts'],
  ])('is beside a site of %s (%s) that only asks there: %s', async (dependency, dev, file) => {
    const { services } = await written({ 'web/package.json': app(dependency, dev), [`web/${file}`]: '', ...api });
    expect(places(services)).toEqual({ web: ['/'], api: ['/api'] });
  });
});
