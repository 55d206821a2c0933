import type { Candidate } from './shared/candidate';
import { readDockerfile } from './shared/dockerfile';
import { foldersWith, has, isAside, textOf, type RepositoryFacts } from './facts';
import { baseName, isBelow } from './shared/paths';
import { commandWord } from '../../core/commandWord';
import { inFolderCommand } from './shared/inFolderCommand';
import { literal } from './shared/literal';
import { rustService } from './rustService';

/** A service of a language whose tools install what is missing when they are run, or do it by one command. */
export interface OtherService {
  readonly candidate: Candidate;
  readonly setup: readonly (string | readonly string[])[];
}

/** Ruby, Go, Rust, Java, PHP, Elixir. Seen with Rails 8, Go 1.25, Spring Boot 3.5, Laravel 12; Phoenix as phoenix.hexdocs.pm/1.8 has it. */
export function otherServices(facts: RepositoryFacts): OtherService[] {
  const each = (name: string, make: (folder: string) => OtherService | undefined): OtherService[] =>
    foldersWith(facts, name)
      .filter((folder) => !isAside(folder))
      .slice(0, 10)
      .flatMap((folder) => make(folder) ?? []);
  return [
    ...each('Gemfile', (folder) => rails(facts, folder)),
    ...each('pom.xml', (folder) => spring(facts, folder, 'pom.xml')),
    ...each('build.gradle', (folder) => spring(facts, folder, 'build.gradle')),
    ...each('build.gradle.kts', (folder) => spring(facts, folder, 'build.gradle.kts')),
    ...each('artisan', (folder) => laravel(facts, folder)),
    ...each('go.mod', (folder) => go(facts, folder)),
    ...each('mix.exs', (folder) => phoenix(facts, folder)),
    ...each('Cargo.toml', (folder) => {
      const candidate = rustService(facts, folder);
      return candidate && { candidate, setup: [cargoBuild(candidate)] };
    }),
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
  const setup = [folder === '.' ? 'bundle install' : `bundle install --gemfile ${commandWord(`${folder}/Gemfile`)}`];
  return { candidate: { ...base(folder, 'web'), role: 'web', kind: 'Rails', port: 3000, command, ...health }, setup };
}

function spring(facts: RepositoryFacts, folder: string, file: string): OtherService | undefined {
  const text = textOf(facts, folder, file) ?? '';
  if (!text.includes('spring-boot')) return undefined;
  // A project of projects is run by its parts.
  if (/<packaging>pom<\/packaging>/.test(text)) return undefined;
  const isMaven = file === 'pom.xml';
  // It may be built by both: then it is one application all the same.
  if (!isMaven && (textOf(facts, folder, 'pom.xml') ?? '').includes('spring-boot')) return undefined;
  if (file === 'build.gradle.kts' && has(facts, folder, 'build.gradle')) return undefined;
  const own = isMaven
    ? has(facts, folder, 'mvnw')
      ? './mvnw'
      : 'mvn'
    : has(facts, folder, 'gradlew')
      ? './gradlew'
      : 'gradle';
  const command = isMaven
    ? `${own} -q spring-boot:run -Dspring-boot.run.arguments=--server.port=$(PORT)`
    : `${own} bootRun --args=--server.port=$(PORT)`;
  const health = text.includes('spring-boot-starter-actuator') ? { health: '/actuator/health' } : {};
  return {
    candidate: { ...base(folder, 'web'), role: 'web', kind: 'Spring Boot', port: 8080, command, ...health },
    // As for Go: the first time it downloads for minutes. spring-boot:run compiles what tests need as well.
    setup: [inFolderCommand(folder, isMaven ? `${own} -B test-compile` : `${own} classes`)],
  };
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

/** As for Go: the first time it compiles for minutes. */
function cargoBuild({ folder, command }: Candidate): string {
  const run = typeof command === 'string' ? command : 'cargo run';
  return `${run.replace('cargo run', 'cargo build')}${folder === '.' ? '' : ` --manifest-path ${commandWord(`${folder}/Cargo.toml`)}`}`;
}

function go(facts: RepositoryFacts, folder: string): OtherService | undefined {
  const start = folder === '.' ? '' : `${folder}/`;
  // What has a go.mod of its own is no part of this one.
  const modules = foldersWith(facts, 'go.mod').filter((each) => isBelow(each, folder));
  const mains = [...facts.texts].filter(
    ([path, text]) =>
      path.startsWith(start) &&
      path.endsWith('.go') &&
      /^package main\b/m.test(text) &&
      !modules.some((each) => path.startsWith(`${each}/`)),
  );
  const servers = mains.filter(([, text]) =>
    /ListenAndServe|\.Run\(|\.Listen\(|\.Start\(|net\.Listen|gin\.|echo\.|fiber\.|chi\./.test(text),
  );
  const [path, text] = servers[0] ?? mains[0] ?? [];
  if (path === undefined || text === undefined) return undefined;
  const place = path.slice(start.length).replace(/\/?[^/]+$/, '');
  const program = place === '' ? '.' : commandWord(literal(`./${place}`));
  const command = `go run ${program}`;
  // Where its main function says nothing, its image or its Procfile may.
  const [exposed] = readDockerfile(textOf(facts, folder, 'Dockerfile') ?? '').ports;
  const isWeb = folder === '.' && /^web:/m.test(textOf(facts, '.', 'Procfile') ?? '');
  const isServer = servers.length > 0 || exposed !== undefined || isWeb;
  const heeds = /Getenv\("PORT"\)|LookupEnv\("PORT"\)/.test(text);
  const [, fixed] = /["'](?:[\w.]*):(\d{2,5})["']/.exec(text) ?? [];
  const asksForTls = /^[ \t]*(?:require )?github\.com\/lib\/pq\b/m.test(textOf(facts, folder, 'go.mod') ?? '');
  const why = heeds || isWeb ? {} : { port: 'let it listen on the port that PORT says' };
  return {
    candidate: {
      ...base(folder, isServer ? 'api' : 'app'),
      ...{ role: isServer ? 'api' : 'worker', kind: 'Go', command },
      ...(isServer ? { port: Number(fixed ?? exposed ?? 8080) } : {}),
      ...(asksForTls ? { env: { PGSSLMODE: 'disable' } } : {}),
      guesses: {
        ...(asksForTls ? { env: tls } : {}),
        ...(isServer ? why : { port: 'no server was found in it; where it is one, give it a port' }),
      },
    },
    // What is compiled while a service starts is in the time that it has for that: the first time it is all that it needs.
    // `go list -export` compiles into Go's own cache, and writes no program anywhere.
    setup: [`go list${folder === '.' ? '' : ` -C ${commandWord(folder)}`} -export ${program}`],
  };
}

const tls = 'lib/pq asks for TLS unless it is told otherwise, and the database that Coppice starts has none';
