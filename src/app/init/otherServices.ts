import type { Candidate } from './shared/candidate';
import { foldersWith, has, isAside, textOf, type RepositoryFacts } from './facts';
import { dotnetServices } from './dotnetServices';
import { goService } from './goService';
import { baseName } from './shared/paths';
import { commandWord } from '../../core/text/commandWord';
import { inFolderCommand } from './shared/inFolderCommand';
import { asksWhenCompiled, rustService } from './rustService';
import { springService } from './springService';

/** A service of a language whose tools install what is missing when they are run, or do it by one command. */
export interface OtherService {
  readonly candidate: Candidate;
  readonly setup: readonly (string | readonly string[])[];
}

/** Ruby, Go, Rust, Java, PHP, Elixir, .NET. Seen with Rails 8, Go 1.25, Spring Boot 3.5, Laravel 12; Phoenix as phoenix.hexdocs.pm/1.8 has it. */
export function otherServices(facts: RepositoryFacts): OtherService[] {
  const each = (name: string, make: (folder: string) => OtherService | undefined): OtherService[] =>
    foldersWith(facts, name)
      .filter((folder) => !isAside(folder))
      .slice(0, 10)
      .flatMap((folder) => make(folder) ?? []);
  return [
    ...each('Gemfile', (folder) => rails(facts, folder)),
    ...each('pom.xml', (folder) => springService(facts, folder, 'pom.xml')),
    ...each('build.gradle', (folder) => springService(facts, folder, 'build.gradle')),
    ...each('build.gradle.kts', (folder) => springService(facts, folder, 'build.gradle.kts')),
    ...each('artisan', (folder) => laravel(facts, folder)),
    ...each('bin/console', (folder) => symfony(facts, folder)),
    ...each('go.mod', (folder) => goService(facts, folder)),
    ...each('mix.exs', (folder) => phoenix(facts, folder)),
    ...each('Cargo.toml', (folder) => {
      const candidate = rustService(facts, folder);
      return candidate && { candidate, setup: [cargoBuild(facts, candidate)] };
    }),
    ...dotnetServices(facts),
  ];
}

function base(folder: string, name: string): Pick<Candidate, 'name' | 'folder'> {
  return { name: folder === '.' ? name : baseName(folder), folder };
}

function rails(facts: RepositoryFacts, folder: string): OtherService | undefined {
  if (!has(facts, folder, 'config/application.rb', 'bin/rails')) return undefined;
  const routes = textOf(facts, folder, 'config/routes.rb') ?? '';
  const command = 'bin/rails server -p $(PORT)';
  const health = routes.includes('rails/health#show') ? { health: '/up' } : {};
  const setup = [
    folder === '.' ? 'bundle install' : `bundle install --gemfile ${commandWord(`${folder}/Gemfile`)}`,
    ...(hasOwnFile(textOf(facts, folder, 'config/database.yml') ?? '')
      ? [inFolderCommand(folder, 'bin/rails db:prepare')]
      : []),
  ];
  return { candidate: { ...base(folder, 'web'), role: 'web', kind: 'Rails', port: 3000, command, ...health }, setup };
}

/** Whether the databases of Rails are files of the worktree, for which there is no template: in other files, or elsewhere, it may be anybody's. */
function hasOwnFile(config: string): boolean {
  const said = config.replace(/^[ \t]*#.*$/gm, '');
  const adapters = [...said.matchAll(/^[ \t]*adapter:[ \t]*(\S+)/gm)].map(([, adapter]) => adapter);
  const isPlain = !/^[ \t]*(?:url|host|socket):|DATABASE_URL/m.test(said);
  const files = [...said.matchAll(/^[ \t]*database:[ \t]*(\S.*)$/gm)].map(([, file = '']) => file);
  return (
    isPlain &&
    adapters.length > 0 &&
    adapters.every((each) => each === 'sqlite3') &&
    files.every((each) => /^\w/.test(each))
  );
}

function laravel(facts: RepositoryFacts, folder: string): OtherService | undefined {
  if (!has(facts, folder, 'composer.json')) return undefined;
  const command = 'php artisan serve --port=$(PORT)';
  const setup = [folder === '.' ? 'composer install' : `composer install --working-dir=${commandWord(folder)}`];
  return {
    candidate: { ...base(folder, 'web'), role: 'web', kind: 'Laravel', port: 8000, command, health: '/up' },
    setup,
  };
}

/** As symfony.com/doc/current/setup/web_server_configuration.html has it for a server that needs no other program. */
function symfony(facts: RepositoryFacts, folder: string): OtherService | undefined {
  if (!(textOf(facts, folder, 'composer.json') ?? '').includes('"symfony/framework-bundle"')) return undefined;
  const command = 'php -S 127.0.0.1:$(PORT) -t public';
  const setup = [folder === '.' ? 'composer install' : `composer install --working-dir=${commandWord(folder)}`];
  return { candidate: { ...base(folder, 'web'), role: 'web', kind: 'Symfony', port: 8000, command }, setup };
}

function phoenix(facts: RepositoryFacts, folder: string): OtherService | undefined {
  if (!/\{\s*:phoenix\s*,/.test(textOf(facts, folder, 'mix.exs') ?? '')) return undefined;
  const files = ['config/dev.exs', 'config/runtime.exs', 'config/config.exs'];
  const config = files.map((name) => textOf(facts, folder, name) ?? '').join('\n');
  const [, fixed] = /\bport:\s*(\d{2,5})\b/.exec(textOf(facts, folder, 'config/dev.exs') ?? '') ?? [];
  const why = config.includes('"PORT"') ? {} : { guesses: { port: 'let it listen on the port that PORT says' } };
  return {
    candidate: {
      ...base(folder, 'web'),
      ...{ role: 'web', kind: 'Phoenix', port: Number(fixed ?? 4000), command: 'mix phx.server' },
      ...why,
    },
    setup: [inFolderCommand(folder, 'mix deps.get')],
  };
}

/** As for Go: the first time it compiles for minutes. What needs the database for that can only be fetched before there is one. */
function cargoBuild(facts: RepositoryFacts, { folder, command }: Candidate): string {
  const run = typeof command === 'string' ? command : 'cargo run';
  const build = asksWhenCompiled(facts, folder) ? 'cargo fetch' : run.replace('cargo run', 'cargo build');
  return `${build}${folder === '.' ? '' : ` --manifest-path ${commandWord(`${folder}/Cargo.toml`)}`}`;
}
