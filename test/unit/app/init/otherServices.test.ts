import { describe, expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const boot = '<parent><artifactId>spring-boot-starter-parent</artifactId></parent>';
const mix = 'defmodule Shop do\n  defp deps, do: [{:phoenix, "~> 1.8"}, {:postgrex, ">= 0.0.0"}]\nend';

it('an application that Maven and Gradle build is one service', async () => {
  const { services } = await written({ 'pom.xml': boot, mvnw: '', 'build.gradle': "id 'org.springframework.boot'" });
  expect(Object.values(services)).toMatchObject([{ command: expect.stringContaining('./mvnw') as unknown }]);
});

describe('a server of Phoenix', () => {
  it('is started as people develop it, whatever its Procfile says of production', async () => {
    const { services, setup } = await written({
      'mix.exs': mix,
      'config/dev.exs': 'http: [ip: {127, 0, 0, 1}, port: 4040]',
      Procfile: 'web: MIX_ENV=prod mix phx.server\n',
    });
    expect(services).toEqual({ web: { command: 'mix phx.server', port: 4040, routes: ['/'] } });
    expect(setup).toEqual(['mix deps.get']);
  });

  it('is migrated where it reads the database’s address while people develop, and nowhere else', async () => {
    const migrateOf = async (files: Readonly<Record<string, string>>) =>
      (await written({ 'mix.exs': mix, ...files })).database?.['migrate'];
    const production = 'if config_env() == :prod do\n  url = System.get_env("DATABASE_URL")\nend';
    expect(await migrateOf({ 'config/dev.exs': 'url: System.get_env("DATABASE_URL")' })).toBe('mix ecto.migrate');
    expect(await migrateOf({ 'config/runtime.exs': `System.get_env("DATABASE_URL")\n${production}` })).toBe(
      'mix ecto.migrate',
    );
    expect(await migrateOf({ 'config/dev.exs': 'database: "shop_dev"', 'config/runtime.exs': production })).toBe(
      undefined,
    );
  });

  it('in a folder has its packages there', async () => {
    const { setup, services } = await written({ 'api/mix.exs': mix });
    expect(setup).toEqual([['sh', '-c', 'cd "./$1" && mix deps.get', 'sh', 'api']]);
    expect(services['api']).toMatchObject({ folder: 'api', command: 'mix phx.server' });
  });
});

describe('what is compiled', () => {
  it('is compiled before it is started, which has a time limit', async () => {
    const { setup } = await written({
      'go.mod': 'module x',
      'cmd/shop/main.go': 'package main\nfunc main() { http.ListenAndServe(":8080", nil) }',
      'tool/go.mod': 'module y',
      'tool/main.go': 'package main\nfunc main() { http.ListenAndServe(":8081", nil) }',
      'files/Cargo.toml': '[package]\nname = "x"\n[dependencies]\naxum = "0.8"',
      'files/src/main.rs': 'fn main() {}',
      'files/src/bin/other.rs': 'fn main() {}',
      'shop/pom.xml': boot,
      'pay/build.gradle.kts': 'implementation("org.springframework.boot:spring-boot-starter-web")',
      'pay/gradlew': '',
    });
    expect(setup).toEqual([
      ['sh', '-c', 'cd "./$1" && mvn -B test-compile', 'sh', 'shop'],
      ['sh', '-c', 'cd "./$1" && ./gradlew classes', 'sh', 'pay'],
      'go list -export ./cmd/shop',
      'go list -C tool -export .',
      'cargo build --bin x --manifest-path files/Cargo.toml',
    ]);
  });
});

it('the server that people open has the root’s address, and what serves its scripts has one of its own', async () => {
  const laravel = { artisan: '', 'composer.json': '{}' };
  const vite = '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8", "laravel-vite-plugin": "3"}}';
  for (const folder of ['', 'resources/next/']) {
    const { services } = await written({ ...laravel, [`${folder}package.json`]: vite });
    expect(services).toMatchObject({ web: { routes: ['/'] }, assets: { host: 'assets' } });
    expect(services['web']).toMatchObject({ command: 'php artisan serve --port=$(PORT)' });
    expect(services['web']).not.toHaveProperty('host');
  }
});

it('a server of Symfony has its database by the name that it knows, and its migrations', async () => {
  const { services, setup, database } = await written({
    'composer.json': '{"require": {"symfony/framework-bundle": "8.*", "doctrine/doctrine-migrations-bundle": "4"}}',
    'bin/console': '',
    'migrations/Version1.php': '',
    '.env': 'APP_ENV=dev\nDATABASE_URL="postgresql://app:app@127.0.0.1:5432/app?serverVersion=18&charset=utf8"\n',
  });
  expect(services['web']).toMatchObject({ command: 'php -S 127.0.0.1:$(PORT) -t public', port: 8000, routes: ['/'] });
  expect(setup).toEqual(['composer install']);
  expect(database).toMatchObject({ migrate: 'php bin/console doctrine:migrations:migrate --no-interaction' });
});

describe('Rails with files of the worktree as its databases', () => {
  const app = { Gemfile: 'gem "rails"\ngem "sqlite3"', 'config/application.rb': '', 'bin/rails': '' };
  const plain =
    'default: &default\n  adapter: sqlite3\n\ndevelopment:\n  <<: *default\n  database: storage/development.sqlite3\n';
  const setupOf = async (config: string): Promise<unknown> =>
    (await written({ ...app, 'config/database.yml': config })).setup;

  it('has their tables before it is started', async () => {
    expect(await setupOf(plain)).toEqual(['bundle install', 'bin/rails db:prepare']);
  });

  it.each([
    ['another engine', plain.replace('adapter: sqlite3', 'adapter: trilogy')],
    ['a second engine', `${plain}other:\n  adapter: mysql2\n  database: shop\n`],
    ['a file elsewhere', plain.replace('storage/', '/var/shop/')],
    ['a file that a variable names', plain.replace('storage/development.sqlite3', '<%= ENV["DB"] %>')],
    ['an address', `${plain}  url: <%= ENV["SHOP_URL"] %>\n`],
    ['nothing that can be read', '<%= ERB.new(File.read(path)).result %>'],
  ])('leaves alone what may be anybody’s: %s', async (_, config) => {
    expect(await setupOf(config)).toEqual(['bundle install']);
  });
});

describe('of several services', () => {
  const main = 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }';
  const go = (name: string): Record<string, string> => ({
    [`src/${name}/go.mod`]: 'module shop',
    [`src/${name}/main.go`]: main,
  });

  it('the one that is called so is what people open', async () => {
    const { services } = await written({ ...go('checkout'), ...go('frontend'), ...go('shipping') });
    expect(services['frontend']).toMatchObject({ routes: ['/'] });
    expect(services['frontend']).not.toHaveProperty('host');
    expect([services['checkout'], services['shipping']]).toMatchObject([{ routes: ['/api'] }, { host: 'shipping' }]);
  });

  it('one is called after what its sources are of', async () => {
    const sdk = '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>';
    const { services } = await written({ ...go('frontend'), 'src/cart/src/cart.csproj': sdk });
    expect(services['cart']).toMatchObject({ folder: 'src/cart/src' });
  });
});

it('the scripts of Phoenix’s pages are served beside them', async () => {
  const { services } = await written({
    'mix.exs': mix,
    'assets/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
  });
  expect(services['web']).toMatchObject({ command: 'mix phx.server', routes: ['/'] });
  expect(services['assets']).toMatchObject({ host: 'assets' });
});

it('what takes its packages from Phoenix’s is installed after these', async () => {
  const assets = (version: string): string =>
    JSON.stringify({ scripts: { dev: 'vite' }, dependencies: { phoenix: version }, devDependencies: { vite: '8' } });
  const setupOf = async (version: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    (await written({ 'mix.exs': mix, 'assets/package.json': assets(version), ...more })).setup;
  const [npm, mixed] = ['npm --prefix assets install', 'mix deps.get'];
  expect(await setupOf('file:../deps/phoenix')).toEqual([mixed, npm]);
  expect(await setupOf('1.8.0')).toEqual([npm, mixed]);
  expect(await setupOf('file:../lib', { 'lib/index.js': '' })).toEqual([npm, mixed]);
});
