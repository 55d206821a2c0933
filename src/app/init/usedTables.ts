import { nodeDatabase, pythonDatabase } from './databaseProposal';
import { has, textOf, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import type { PythonProject } from './pythonServices';
import { serviceName, type Candidate } from './shared/candidate';
import type { UsedHere } from './shared/usedReference';

/** What makes the tables of a database that is used, in the folder that it is run in. */
export interface TablesProposal {
  readonly folder: string;
  readonly migrate: string | readonly string[];
  /** What says that it is one of MySQL's, or of MariaDB's. */
  readonly because: string;
}

/** Of MySQL and MariaDB. @param folders of services in other languages */
export function mysqlTables(
  facts: RepositoryFacts,
  packages: readonly NodePackage[],
  projects: readonly PythonProject[],
  folders: readonly string[],
): TablesProposal | undefined {
  const all = [
    ...folders.map((folder) => ({ folder, found: otherTables(facts, folder) })),
    ...projects.map((project) => ({ folder: project.folder, found: pythonDatabase(facts, project, 'mysql', true) })),
    ...packages.map((each) => ({ folder: each.folder, found: nodeDatabase(facts, each, 'mysql', true) })),
  ];
  for (const { folder, found } of all)
    if (found?.migrate !== undefined) return { folder, migrate: found.migrate, because: found.because };
  return undefined;
}

function otherTables(facts: RepositoryFacts, folder: string) {
  const of = (name: string): string => textOf(facts, folder, name) ?? '';
  const [, gem] = /^[ \t]*gem ["'](mysql2|trilogy)["']/m.exec(of('Gemfile')) ?? [];
  if (gem !== undefined) return { because: `the gem ${gem}`, migrate: 'bin/rails db:migrate' };
  if (!has(facts, folder, 'artisan')) return undefined;
  const [, driver = 'mysql'] = /^DB_CONNECTION=["']?(\w+)/m.exec(of('.env.example') || of('.env')) ?? [];
  // What says nothing has what its configuration has, which a compose file with such a database confirms.
  return driver === 'mysql' || driver === 'mariadb'
    ? { because: 'Laravel’s configuration', migrate: 'php artisan migrate --force' }
    : undefined;
}

/** A command that does it already, by itself or before the program starts. */
const migrates = /\bmigrat|\bdb:|\bdb (?:push|upgrade|prepare)\b/;

/** Services of which one makes the tables before the others of its folder start: what is used has no template that is filled. */
export function withTables(
  services: readonly Candidate[],
  uses: readonly UsedHere[],
  tables: TablesProposal | undefined,
): readonly Candidate[] {
  if (tables === undefined || !uses.some(({ tool }) => tool === 'mysql' || tool === 'mariadb')) return services;
  const { folder, migrate, because } = tables;
  const isBeside = (each: Candidate): boolean =>
    each.folder === folder && each.command !== undefined && each.replicas !== 0 && !each.once;
  const first = services.find(isBeside);
  if (!first || services.some(({ command }) => migrates.test([command ?? []].flat().join(' ')))) return services;
  const name = serviceName('migrate', new Set([...services, ...uses].map((each) => each.name)));
  const { env = {}, envFile, copy, image, mount, build } = first;
  // It listens nowhere.
  const told = Object.fromEntries(Object.entries(env).filter(([, value]) => !value.includes('$(PORT)')));
  const own = Object.entries({ envFile, copy, image, mount, build }).filter(([, value]) => value !== undefined);
  return [
    ...services.map((each) =>
      isBeside(each) ? { ...each, dependsOn: { ...each.dependsOn, [name]: 'completed' as const } } : each,
    ),
    {
      ...{ name, folder, role: 'worker', kind: 'what makes the tables', command: migrate, once: true, env: told },
      ...Object.fromEntries(own),
      guesses: { command: `it makes the tables in each environment’s own database, because of ${because}` },
    },
  ];
}
