import { describe, expect, it } from 'vitest';
import { importedCompose } from '../../../../support/importedCompose';

describe('services of one image', () => {
  const compose = `services:
    api: {build: {context: api}, command: ./serve.sh, restart: always}
    worker: {build: {context: api}, command: ./work.sh, restart: always}
    beat-worker: {build: {context: api}, command: ./beat.sh}
    asked-worker: {build: {context: api}, command: ./ask.sh, expose: ["8000"]}
    migrator: {build: {context: api}, command: ./migrate.sh, restart: "no"}
    mailer: {build: {context: mailer}, command: ./mail.sh, restart: "no"}`;
  const files = { 'api/Dockerfile': 'FROM python\nEXPOSE 8000', 'mailer/Dockerfile': 'FROM python\nEXPOSE 9000' };

  it('have its port where they answer by it, and what is prepared runs once', async () => {
    const { services } = await importedCompose(compose, files);
    const of = (key: string) => Object.fromEntries(Object.entries(services).map(([name, each]) => [name, each[key]]));
    expect(of('port')).toEqual({ api: 8000, 'asked-worker': 8000, mailer: 9000 });
    expect(of('once')).toEqual({ migrator: true });
  });
});

describe('a program that serves the pages of a site in its own folder', () => {
  it('is what the container runs, migrated by its own command, and the site runs beside it', async () => {
    const { services, database } = await importedCompose(
      'services: {laravel.test: {build: {context: ./docker/8.3}, volumes: [".:/var/www/html"]}, pgsql: {image: postgres:17}}',
      {
        artisan: '',
        'composer.json': '{}',
        'package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}',
        '.env.example': 'DB_CONNECTION=pgsql\nDB_HOST=pgsql\nDB_DATABASE=shop\n',
        'database/seeders/DatabaseSeeder.php': '',
        'docker/8.3/Dockerfile': 'FROM php\nEXPOSE 80/tcp\nENTRYPOINT ["start-container"]',
      },
    );
    expect(services).toMatchObject({
      'laravel-test': { command: 'php artisan serve --port=$(PORT)', routes: ['/'] },
      web: { command: 'npm run dev -- --port $(PORT) --strictPort', host: 'web' },
    });
    expect(services['laravel-test']?.['env']).toMatchObject({
      DB_HOST: '$(DATABASE_HOST)',
      DB_DATABASE: '$(DATABASE_NAME)',
    });
    expect(database).toMatchObject({ migrate: 'php artisan migrate --force', seed: 'php artisan db:seed --force' });
  });
});
