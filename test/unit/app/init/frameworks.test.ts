import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { filesIn, proposeFor } from '../../../support/proposeFor';

const generated = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'generated');

/** The services that a repository's files suggest; the file is a valid one. */
async function servicesFor(files: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const proposal = await proposeFor(files);
  expect(parseEnvironmentFile(proposal.text).problems, proposal.text).toEqual([]);
  expect(proposal.isKnown).toBe(true);
  const file: { services: Record<string, unknown> } = parse(proposal.text);
  return file.services;
}

const json = (value: object): string => JSON.stringify(value);
const script = (command: string, dependencies: readonly string[], name = 'dev'): Record<string, string> => ({
  'package.json': json({
    scripts: { [name]: command },
    dependencies: Object.fromEntries(dependencies.map((each) => [each, '*'])),
  }),
});

describe('what the generators of frameworks write', () => {
  it.each([
    ['vite', { web: { command: 'npm run dev -- --port $(PORT) --strictPort', port: 5173, routes: ['/'] } }],
    ['next', { web: { command: 'npm run dev', port: 3000, routes: ['/'] } }],
    ['nest', { api: { command: 'npm run start:dev', port: 3000, routes: ['/'] } }],
    ['strapi', { api: { command: 'npm run dev', port: 1337, routes: ['/'], health: '/_health' } }],
    ['express', { api: { command: 'npm run start', port: 3000, routes: ['/'] } }],
    ['fastify', { api: { command: 'npm run dev', port: 3000, routes: ['/'] } }],
    ['angular', { web: { command: 'npm run start -- --port $(PORT)', port: 4200, routes: ['/'] } }],
    ['sveltekit', { web: { command: 'npm run dev -- --port $(PORT) --strictPort', port: 5173, routes: ['/'] } }],
  ])('%s', async (name, services) => {
    expect(await servicesFor(filesIn(join(generated, name)))).toMatchObject(services);
  });

  it('django', async () => {
    const files = { ...filesIn(join(generated, 'django')), 'requirements.txt': 'Django>=5\n' };
    expect(await servicesFor(files)).toEqual({
      web: { command: '.venv/bin/python manage.py runserver $(PORT)', port: 8000, routes: ['/'] },
    });
  });
});

describe('each framework is started with the port that it is told', () => {
  it.each([
    ['Nuxt', script('nuxt dev', ['nuxt']), 'npm run dev', 3000],
    ['Astro', script('astro dev', ['astro']), 'npm run dev -- --port $(PORT)', 4321],
    [
      'React Router',
      script('react-router dev', ['@react-router/dev', 'vite', 'express']),
      'npm run dev -- --port $(PORT) --strictPort',
      5173,
    ],
    ['Remix', script('remix vite:dev', ['@remix-run/dev', 'vite']), 'npm run dev -- --port $(PORT) --strictPort', 5173],
    ['Next with a port of its own', script('next dev -p 4000', ['next']), 'npm run dev -- --port $(PORT)', 4000],
    ['Create React App', script('react-scripts start', ['react-scripts'], 'start'), 'npm run start', 3000],
    [
      'Vue CLI',
      script('vue-cli-service serve', ['@vue/cli-service'], 'serve'),
      'npm run serve -- --port $(PORT)',
      8080,
    ],
    ['Medusa', script('medusa develop', ['@medusajs/medusa']), 'npm run dev', 9000],
    ['Directus', script('directus start', ['directus'], 'start'), 'npm run start', 8055],
    [
      'Koa',
      { ...script('nodemon src/server.js', ['koa']), 'src/server.js': 'app.listen(process.env.PORT || 4100)' },
      'npm run dev',
      4100,
    ],
    [
      'Hono',
      { ...script('tsx watch src/index.ts', ['hono', '@hono/node-server']), 'src/index.ts': 'serve({ port: 3100 })' },
      'npm run dev',
      3100,
    ],
    [
      'a server without a framework',
      { ...script('node --watch server.js', []), 'server.js': 'createServer().listen(8123)' },
      'npm run dev',
      8123,
    ],
    [
      'variables before a command',
      { ...script('PORT=3001 node server.js', ['express']), 'server.js': 'app.listen(process.env.PORT)' },
      'node server.js',
      3000,
    ],
    [
      'Flask',
      { 'requirements.txt': 'Flask==3.0\n', 'app.py': 'app = Flask(__name__)' },
      '.venv/bin/flask --app app run --port $(PORT)',
      5000,
    ],
    [
      'FastAPI',
      { 'pyproject.toml': 'dependencies = ["fastapi>=0.1"]', 'uv.lock': '', 'app/main.py': 'api: FastAPI = FastAPI()' },
      'uv run uvicorn app.main:api --port $(PORT) --reload',
      8000,
    ],
    [
      'Rails',
      { Gemfile: 'gem "rails"', 'bin/rails': '', 'config/routes.rb': 'get "up" => "rails/health#show"' },
      'bin/rails server -p $(PORT)',
      3000,
    ],
    [
      'Spring Boot by Maven',
      { 'pom.xml': '<parent><artifactId>spring-boot-starter-parent</artifactId></parent>', mvnw: '' },
      './mvnw -q spring-boot:run -Dspring-boot.run.arguments=--server.port=$(PORT)',
      8080,
    ],
    [
      'Spring Boot by Gradle',
      { 'build.gradle': "id 'org.springframework.boot'\nimplementation 'spring-boot-starter-web'", gradlew: '' },
      './gradlew bootRun --args=--server.port=$(PORT)',
      8080,
    ],
    ['Laravel', { artisan: '', 'composer.json': '{}' }, 'php artisan serve --port=$(PORT)', 8000],
    [
      'Go, where only its image says its port',
      {
        'go.mod': 'module x',
        'cmd/x/main.go': '// Package main runs it.\npackage main // import "x"\nfunc main() { cmd.Main() }',
        Dockerfile: 'FROM golang AS build\nFROM scratch\nEXPOSE 8088\nCMD ["/bin/x"]',
      },
      'go run ./cmd/x',
      8088,
    ],
    [
      'Go, where only its Procfile says that it is a server',
      { 'go.mod': 'module x', 'main.go': 'package main\nfunc main() { cli.Parse() }', Procfile: 'web: x\n' },
      'go run .',
      8080,
    ],
    [
      'Go',
      { 'go.mod': 'module x', 'cmd/server/main.go': 'package main\nfunc main() { http.ListenAndServe(":9090", nil) }' },
      'go run ./cmd/server',
      9090,
    ],
    [
      'Rust',
      { 'Cargo.toml': '[package]\nname = "x"\n[dependencies]\naxum = "0.8"', 'src/main.rs': 'fn main() {}' },
      'cargo run',
      8000,
    ],
    [
      'Rust, where its main function names a port',
      {
        'Cargo.toml': '[package]\nname = "x"\n[dependencies]\nactix-web = "4"',
        'src/main.rs': 'fn main() { HttpServer::new(app).bind(("127.0.0.1", 9191)) }',
      },
      'cargo run',
      9191,
    ],
    [
      'a Procfile',
      { Procfile: 'web: gunicorn app:app --bind 127.0.0.1:$PORT\n' },
      'gunicorn app:app --bind 127.0.0.1:$(PORT)',
      3000,
    ],
    ['a Dockerfile', { Dockerfile: 'FROM x\nEXPOSE 7000/tcp\nCMD ["./serve", "--all"]' }, ['./serve', '--all'], 7000],
  ])('%s', async (_, files, command, port) => {
    const [service] = Object.values(await servicesFor(files));
    expect(service).toMatchObject({ command, port, routes: ['/'] });
  });

  it.each([
    [{ 'pnpm-lock.yaml': '' }, 'pnpm run dev --port $(PORT) --strictPort'],
    [{ 'yarn.lock': '' }, 'yarn run dev --port $(PORT) --strictPort'],
    [{ 'bun.lock': '' }, 'bun run dev --port $(PORT) --strictPort'],
    [{ 'package-lock.json': '{}' }, 'npm run dev -- --port $(PORT) --strictPort'],
  ])('the package manager of %j runs the script', async (lockfile, command) => {
    expect(await servicesFor({ ...script('vite', ['vite']), ...lockfile })).toMatchObject({ web: { command } });
  });
});

it('tells a driver of Go that asks for TLS that the database has none', async () => {
  const { api } = await servicesFor({
    'go.mod': 'module x\nrequire (\n\tgithub.com/lib/pq v1.10.9\n)',
    'main.go': 'package main\nfunc main() { http.ListenAndServe(":8080", nil) }',
  });
  expect(api).toMatchObject({ env: { PGSSLMODE: 'disable' } });
});

it.each(['react-router', 'next'])('a site of %s in a server of its own is started as that server', async (name) => {
  const files = {
    'package.json': json({
      scripts: { dev: 'cross-env NODE_ENV=development node server.js', start: `${name}-serve build` },
      dependencies: { express: '5', [name === 'next' ? 'next' : '@react-router/dev']: '7' },
    }),
    'server.js': 'const PORT = process.env.PORT || "3210"; app.listen(PORT)',
  };
  const services = { web: { command: 'npm run dev', port: 3210, routes: ['/'] } };
  expect(await servicesFor(files)).toEqual(services);
  // Its entry may only load it.
  const { 'server.js': server, ...others } = files;
  const apart = { ...others, 'server.js': 'await import("./server/index.ts")', 'server/index.ts': server };
  expect(await servicesFor(apart)).toEqual(services);
});

it('a server that takes its port from all of its environment is known by that, and a long one is read in one go', async () => {
  const asked = async (server: string) =>
    servicesFor({
      'package.json': json({ scripts: { dev: 'node server.js' }, dependencies: { express: '5' } }),
      'server.js': server,
    });
  const heeding = await asked('const { HOST, PORT = 3210 } = process.env; express().listen(PORT)');
  expect(heeding).toEqual({ api: { command: 'npm run dev', port: 3000, routes: ['/'] } });
  // Cubic growth would take minutes.
  expect(await asked(`${'{ '.repeat(1_000)}${' PORT '.repeat(10_000)} express().listen(1)`)).toBeDefined();
}, 5_000);

describe('how a server of Rust takes its port', () => {
  const manifest = '[package]\nname = "file-box"\n[dependencies]\naxum = "0.8"\nclap = "4"';
  const proposed = async (files: Readonly<Record<string, string>>) =>
    (await proposeFor({ 'Cargo.toml': manifest, ...files })).text;
  const main = { 'src/main.rs': 'serve("127.0.0.1:8282")' };

  it.each([
    ['one line', 'axum = "0.8"'],
    ['its workspace', 'axum.workspace = true'],
    ['several lines', 'axum = { version = "0.8", features = [\n  "ws",\n] }'],
  ])('is known by a dependency of %s', async (_, line) => {
    const text = await proposed({ ...main, 'Cargo.toml': `[package]\nname = "x"\n[dependencies]\n${line}\n` });
    expect(parse(text)).toMatchObject({ services: { api: { command: 'cargo run', port: 8282 } } });
  });

  it('is known by a dependency with a table of its own, as published packages have it', async () => {
    const toml = [
      ...['[package]', 'name = "x"', 'autobins = false', '[[bin]]', 'name = "x"', 'path = "src/main.rs"'],
      ...['[dependencies.axum]', 'version = "0.8"', '[dependencies.sqlx]', 'version = "0.8"'],
      ...['features = [', '  "postgres",', ']', '[dev-dependencies.serial_test]', 'version = "3"'],
    ].join('\n');
    const text = await proposed({ ...main, 'Cargo.toml': toml, 'migrations/1_first.sql': '' });
    expect(parse(text)).toMatchObject({
      services: { api: { command: 'cargo run', port: 8282 } },
      database: { migrate: 'sqlx migrate run' },
    });
  });

  it.each([
    ['a library', { 'src/lib.rs': '' }, manifest],
    ['a server of tests alone', main, '[package]\nname = "x"\n[dev-dependencies]\naxum = "0.8"'],
    ['a server that another table names', main, '[package]\nname = "x"\n[dev-dependencies.axum]\nversion = "0.8"'],
    ['a workspace without a package', main, '[workspace.dependencies]\naxum = "0.8"'],
  ])('is not asked of %s', async (_, files, toml) => {
    expect((await proposeFor({ ...files, 'Cargo.toml': toml })).isKnown).toBe(false);
  });

  it('is that of one of its programs, where it has several and says nothing', async () => {
    const several = { ...main, 'src/bin/worker.rs': '', 'src/bin/tool/main.rs': '' };
    const text = await proposed(several);
    expect(parse(text)).toMatchObject({ services: { api: { command: 'cargo run --bin file-box' } } });
    expect(text).toContain('A guess: the package has several programs');
    const said = manifest.replace('[dependencies]', 'default-run = "worker"\n[dependencies]');
    expect(parse(await proposed({ ...several, 'Cargo.toml': said }))).toMatchObject({
      services: { api: { command: 'cargo run' } },
    });
    const { 'src/main.rs': _, ...others } = { ...several, 'src/bin/http-server.rs': '' };
    expect(parse(await proposed(others))).toMatchObject({
      services: { api: { command: 'cargo run --bin http-server' } },
    });
    // A file that is a program under a name of its own is none by its place.
    const named = `${manifest}\n[[bin]]\nname = "server"\n# name = "old"\npath = "src/main.rs"\n`;
    expect(parse(await proposed({ ...main, 'Cargo.toml': named }))).toMatchObject({
      services: { api: { command: 'cargo run' } },
    });
  });

  it('is said by PORT, in whichever of its files', async () => {
    const text = await proposed({
      'src/main.rs': 'mod conf;\nfn main() { serve(conf::bind()) }',
      'src/conf/bind.rs': 'env::var("PORT").unwrap_or_else(|_| "8181".into())',
    });
    expect(parse(text)).toMatchObject({ services: { api: { port: 8181 } } });
    expect(text).not.toContain('let it listen on');
  });

  it('is said by a variable of its own, and not by one of its database', async () => {
    const text = await proposed({
      'src/main.rs': '#[arg(long, env = "REDIS_PORT")] redis: u16,\n#[arg(long, env = "FILE_BOX_PORT")] port: u16,',
    });
    expect(parse(text)).toMatchObject({ services: { api: { env: { FILE_BOX_PORT: '$(PORT)' } } } });
    expect(text).not.toContain('let it listen on');
  });

  it('is asked for where nothing says so', async () => {
    expect(await proposed({ 'src/main.rs': 'TcpListener::bind("0.0.0.0:3000")' })).toContain('let it listen on');
  });
});
