import { cargoManifest } from './cargoManifest';
import type { DatabaseProposal } from './databaseProposal';
import { dotnetDatabase } from './dotnetServices';
import { has, isUnder as under, textOf, type RepositoryFacts } from './facts';
import { asksWhenCompiled, rustService, rustSource } from './rustService';
import { inFolderCommand } from './shared/inFolderCommand';
import { inFolder } from './shared/paths';
import { springDatabase } from './springService';

/** Of Rails, Phoenix, Laravel, Spring Boot, .NET, Go and Rust. */
export function otherDatabase(facts: RepositoryFacts, folder: string): DatabaseProposal | undefined {
  const of = (name: string): string => textOf(facts, folder, name) ?? '';
  const at = (command: string): string | readonly string[] => inFolderCommand(folder, command);
  if (/^[ \t]*gem ["']pg["']/m.test(of('Gemfile'))) {
    const seeds = /^[ \t]*[^#\s]/m.test(of('db/seeds.rb')) ? { seed: at('bin/rails db:seed') } : {};
    return { because: 'the gem pg', migrate: at('bin/rails db:migrate'), ...seeds };
  }
  if (/\{\s*:postgrex\s*,/.test(of('mix.exs')))
    // Where nothing reads it, Ecto would migrate the one database that its configuration names.
    return {
      because: `postgrex in ${inFolder(folder, 'mix.exs')}`,
      ...(readsUrl(of('config/dev.exs'), of('config/runtime.exs')) ? { migrate: at('mix ecto.migrate') } : {}),
    };
  // Its own name for the driver.
  if (has(facts, folder, 'artisan') && /^DB_CONNECTION=["']?pgsql/m.test(of('.env.example') || of('.env'))) {
    const seeds = has(facts, folder, 'database/seeders/DatabaseSeeder.php');
    return {
      because: `DB_CONNECTION in ${inFolder(folder, '.env.example')}`,
      migrate: at('php artisan migrate --force'),
      ...(seeds ? { seed: at('php artisan db:seed --force') } : {}),
    };
  }
  // Of Symfony: what a file says is a default, which the variable of that name takes the place of.
  if (has(facts, folder, 'bin/console') && /^DATABASE_URL=["']?(?:postgres|pgsql)/m.test(of('.env'))) {
    const migrates =
      of('composer.json').includes('"doctrine/doctrine-migrations-bundle"') && under(facts, folder, 'migrations');
    return {
      because: `DATABASE_URL in ${inFolder(folder, '.env')}`,
      ...(migrates ? { migrate: at('php bin/console doctrine:migrations:migrate --no-interaction') } : {}),
    };
  }
  const because = springDatabase(facts, folder) ?? dotnetDatabase(facts);
  if (because !== undefined) return { because };
  if (/jackc\/pgx|lib\/pq|gorm\.io\/driver\/postgres/.test(of('go.mod')))
    return { because: `a driver of PostgreSQL in ${inFolder(folder, 'go.mod')}` };
  const cargo = cargoManifest(of('Cargo.toml'))?.dependencies ?? new Map<string, string>();
  const isPostgres = (name: string): boolean => /postgres/.test(cargo.get(name) ?? '');
  if (cargo.has('tokio-postgres') || ['sqlx', 'diesel', 'diesel-async', 'sea-orm'].some(isPostgres)) {
    // The program does it itself when it starts, and needs no tool that somebody would have to install; unless it needs tables before.
    const isEmbedded = /\bmigrate!\s*\(/.test(rustSource(facts, folder)) && !asksWhenCompiled(facts, folder);
    const command = cargo.has('diesel')
      ? 'diesel migration run'
      : cargo.has('sqlx') && under(facts, folder, 'migrations') && !isEmbedded
        ? 'sqlx migrate run'
        : undefined;
    const ofService = rustService(facts, folder)?.name;
    return {
      because: `PostgreSQL in ${inFolder(folder, 'Cargo.toml')}`,
      ...(command === undefined ? {} : { migrate: at(command) }),
      ...(isEmbedded && ofService !== undefined ? { migratedBy: ofService } : {}),
    };
  }
  return undefined;
}

/** Whether Ecto reads the database's address while people develop: what follows the question for production is read there only. */
function readsUrl(development: string, runtime: string): boolean {
  const [always = ''] = runtime.split(/\bconfig_env\(\)\s*==\s*:prod\b/);
  return [development, always].some((text) => text.includes('"DATABASE_URL"'));
}
