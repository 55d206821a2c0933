/**
 * What the dependency on a package says about the server that a project starts. How each takes its port was seen with the version that
 * stands beside it; what is newer or older is taken to do the same.
 */
export interface NodeFramework {
  /** What a person calls it. */
  readonly title: string;
  /** Any of them among the dependencies. */
  readonly packages: readonly string[];
  /** `site` answers a browser with pages, `server` is asked by programs, and may bring pages as well. */
  readonly kind: 'site' | 'server';
  /** Whether it is the whole of its package: another framework beside it is a part of it. */
  readonly isWhole: boolean;
  /** Finds it in a script. */
  readonly program: RegExp;
  /** What starts it while people develop, where no script does. */
  readonly develop: string;
  /** Arguments that name the port and that it is to have this one or none; undefined: it heeds the variable PORT. */
  readonly portArguments: string | undefined;
  /** Where it listens unless it is told. */
  readonly defaultPort: number;
  readonly health?: string;
  /** Variables that it needs to know the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The version with which this was seen, and where it is documented. */
  readonly version: string;
  readonly source: string;
}

const vitePort = '--port $(PORT) --strictPort';

/** The first that fits counts: what is built on others stands before them. */
export const nodeFrameworks: readonly NodeFramework[] = [
  {
    title: 'Next.js',
    packages: ['next'],
    ...{
      kind: 'site',
      isWhole: true,
      program: /\bnext\b(?: dev| start|$)/,
      develop: 'next dev',
      portArguments: undefined,
    },
    ...{ defaultPort: 3000, version: '16', source: 'nextjs.org/docs/app/api-reference/cli/next' },
  },
  {
    title: 'Nuxt',
    packages: ['nuxt', 'nuxt3'],
    ...{ kind: 'site', isWhole: true, program: /\bnuxt(?:i)?\b/, develop: 'nuxt dev', portArguments: undefined },
    ...{ defaultPort: 3000, version: '4', source: 'nuxt.com/docs/api/commands/dev' },
  },
  {
    title: 'SvelteKit',
    packages: ['@sveltejs/kit'],
    ...{ kind: 'site', isWhole: true, program: /\bvite\b/, develop: 'vite dev', portArguments: vitePort },
    ...{ defaultPort: 5173, version: '2', source: 'svelte.dev/docs/cli' },
  },
  {
    title: 'React Router',
    packages: ['@react-router/dev'],
    ...{
      kind: 'site',
      isWhole: true,
      program: /\breact-router\b/,
      develop: 'react-router dev',
      portArguments: vitePort,
    },
    ...{ defaultPort: 5173, version: '7', source: 'reactrouter.com/dev' },
  },
  {
    title: 'Remix',
    packages: ['@remix-run/dev'],
    ...{ kind: 'site', isWhole: true, program: /\bremix\b/, develop: 'remix vite:dev', portArguments: vitePort },
    ...{ defaultPort: 5173, version: '2', source: 'v2.remix.run/docs/other-api/dev' },
  },
  {
    title: 'Astro',
    packages: ['astro'],
    ...{ kind: 'site', isWhole: true, program: /\bastro\b/, develop: 'astro dev', portArguments: '--port $(PORT)' },
    ...{ defaultPort: 4321, version: '5', source: 'docs.astro.build/en/reference/cli-reference' },
  },
  {
    title: 'Angular',
    packages: ['@angular/cli', '@angular/build', '@angular-devkit/build-angular'],
    ...{ kind: 'site', isWhole: true, program: /\bng\b/, develop: 'ng serve', portArguments: '--port $(PORT)' },
    ...{ defaultPort: 4200, version: '20', source: 'angular.dev/cli/serve' },
  },
  {
    title: 'Strapi',
    packages: ['@strapi/strapi'],
    ...{ kind: 'server', isWhole: true, program: /\bstrapi\b/, develop: 'strapi develop', portArguments: undefined },
    ...{ defaultPort: 1337, health: '/_health', version: '5', source: 'docs.strapi.io/cms/configurations/server' },
  },
  {
    title: 'Directus',
    packages: ['directus'],
    ...{ kind: 'server', isWhole: true, program: /\bdirectus\b/, develop: 'directus start', portArguments: undefined },
    ...{ defaultPort: 8055, health: '/server/ping', version: '11', source: 'directus.io/docs/configuration/general' },
    env: { DB_CLIENT: 'pg', DB_CONNECTION_STRING: '$(DATABASE_URL)', PUBLIC_URL: '$(COPPICE_URL)' },
  },
  {
    title: 'Medusa',
    packages: ['@medusajs/medusa'],
    ...{ kind: 'server', isWhole: true, program: /\bmedusa\b/, develop: 'medusa develop', portArguments: undefined },
    ...{ defaultPort: 9000, health: '/health', version: '2', source: 'docs.medusajs.com/resources/medusa-cli' },
  },
  {
    title: 'Nest',
    packages: ['@nestjs/core'],
    ...{ kind: 'server', isWhole: true, program: /\bnest\b/, develop: 'nest start --watch', portArguments: undefined },
    ...{ defaultPort: 3000, version: '11', source: 'docs.nestjs.com/first-steps' },
  },
  {
    title: 'Create React App',
    packages: ['react-scripts'],
    ...{
      kind: 'site',
      isWhole: false,
      program: /\breact-scripts\b/,
      develop: 'react-scripts start',
      portArguments: undefined,
    },
    ...{
      defaultPort: 3000,
      version: '5',
      source: 'create-react-app.dev/docs/advanced-configuration',
      env: { BROWSER: 'none' },
    },
  },
  {
    title: 'Vue CLI',
    packages: ['@vue/cli-service'],
    ...{
      kind: 'site',
      isWhole: false,
      program: /\bvue-cli-service\b/,
      develop: 'vue-cli-service serve',
      portArguments: '--port $(PORT)',
    },
    ...{ defaultPort: 8080, version: '5', source: 'cli.vuejs.org/guide/cli-service.html' },
  },
  {
    title: 'Vite',
    packages: ['vite'],
    ...{
      kind: 'site',
      isWhole: false,
      program: /\bvite\b(?! build| preview)/,
      develop: 'vite',
      portArguments: vitePort,
    },
    ...{ defaultPort: 5173, version: '7', source: 'vite.dev/guide/cli' },
  },
  {
    title: 'Fastify',
    packages: ['fastify', 'fastify-cli'],
    ...{ kind: 'server', isWhole: false, program: /\bfastify\b/, develop: 'node server.js', portArguments: undefined },
    ...{ defaultPort: 3000, version: '5', source: 'github.com/fastify/fastify-cli' },
  },
  {
    title: 'Express',
    packages: ['express'],
    ...{
      kind: 'server',
      isWhole: false,
      program: /\b(?:node|tsx|ts-node|ts-node-dev|nodemon|bun)\b/,
      develop: 'node server.js',
    },
    ...{ portArguments: undefined, defaultPort: 3000, version: '5', source: 'expressjs.com/en/starter/generator.html' },
  },
  {
    title: 'Koa',
    packages: ['koa'],
    ...{
      kind: 'server',
      isWhole: false,
      program: /\b(?:node|tsx|ts-node|ts-node-dev|nodemon|bun)\b/,
      develop: 'node server.js',
    },
    ...{ portArguments: undefined, defaultPort: 3000, version: '3', source: 'koajs.com' },
  },
  {
    title: 'Hono',
    packages: ['@hono/node-server', 'hono'],
    ...{ kind: 'server', isWhole: false, program: /\b(?:node|tsx|ts-node|nodemon|bun)\b/, develop: 'node server.js' },
    ...{ portArguments: undefined, defaultPort: 3000, version: '4', source: 'hono.dev/docs/getting-started/nodejs' },
  },
];
