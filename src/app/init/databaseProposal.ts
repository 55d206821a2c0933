import { chosenDatabase } from './chosenDatabase';
import { databaseEngines, type DatabaseEngine } from './databaseEngines';
import { drizzleConfig, drizzleMigrations, isStrict } from './drizzleConfig';
import { has, isUnder as under, textOf, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import { scriptText, withoutOverride, withoutVariables } from './nodeScripts';
import { inFolderCommand } from './shared/inFolderCommand';
import { prismaConfig, prismaSchema } from './prismaSchema';
import { inFolder, isBelow } from './shared/paths';
import { djangoManage, type PythonProject } from './pythonServices';

/** A PostgreSQL database, and what fills its template. */
export interface DatabaseProposal {
  readonly migrate?: string | readonly string[];
  readonly seed?: string | readonly string[];
  readonly inputs?: readonly string[];
  /** A service that makes its tables, in each environment. */
  readonly migratedBy?: string;
  /** Why a database is thought to be wanted: "pg among the dependencies of apps/api". */
  readonly because: string;
  /** How the commands were found; undefined: a script of that name. */
  readonly guess?: string;
  /** How DATABASE_URL is to be written for its driver; undefined: as it is. */
  readonly url?: string;
  /** By which the schema reads the URL, beside DATABASE_URL. */
  readonly variables?: readonly string[];
}

/** Tools that migrate, by the package that they are. Seen with drizzle-kit 0.31, Prisma 6, Knex 3, Sequelize CLI 6, TypeORM 0.3. */
interface MigratingTool {
  readonly packages: readonly string[];
  readonly migrate: (facts: RepositoryFacts, folder: string, found: NodePackage) => string | undefined;
  readonly seed?: (facts: RepositoryFacts, found: NodePackage) => string | undefined;
}

const tools: readonly MigratingTool[] = [
  { packages: ['@medusajs/medusa'], migrate: () => 'medusa db:migrate' },
  { packages: ['directus'], migrate: () => 'directus bootstrap' },
  {
    packages: ['drizzle-kit'],
    migrate: (facts, folder) =>
      drizzleMigrations(facts, folder) === undefined ? 'drizzle-kit push --force' : 'drizzle-kit migrate',
  },
  {
    packages: ['prisma'],
    migrate: (facts, folder, found) => {
      const schema = prismaSchema(facts, found);
      const isMigrated = schema ? schema.migrations !== undefined : under(facts, folder, 'prisma/migrations');
      return `${isMigrated ? 'prisma migrate deploy' : 'prisma db push'}${schema?.option ?? ''}`;
    },
    seed: (facts, { folder, prismaSeed }) =>
      prismaSeed || /\bseed\s*:/.test(prismaConfig(facts, folder)) ? 'prisma db seed' : undefined,
  },
  {
    packages: ['knex'],
    migrate: (facts, folder) =>
      has(facts, folder, 'knexfile.js', 'knexfile.ts', 'knexfile.cjs') ? 'knex migrate:latest' : undefined,
    seed: (facts, { folder }) => (under(facts, folder, 'seeds', 'db/seeds') ? 'knex seed:run' : undefined),
  },
  {
    packages: ['sequelize-cli'],
    migrate: () => 'sequelize-cli db:migrate',
    seed: (facts, { folder }) => (under(facts, folder, 'seeders') ? 'sequelize-cli db:seed:all' : undefined),
  },
  { packages: ['node-pg-migrate'], migrate: () => 'node-pg-migrate up' },
  { packages: ['@mikro-orm/cli'], migrate: () => 'mikro-orm migration:up' },
];

/** Of the database; a generator has one as well. */
const providerLine = /\bprovider\s*=\s*"(postgresql|postgres|cockroachdb|sqlite|mysql|mongodb|sqlserver)"/;

const migrateScripts = [
  'db:migrate',
  'migrate',
  'migrate:up',
  'migrate:latest',
  'migrate:deploy',
  'db:deploy',
  'db:migrate:deploy',
  'prisma:migrate-deploy',
  'prisma:migrate:deploy',
  'prisma:migrate',
  'prisma:deploy',
  'migration:run',
  'migrations:run',
  'db:push',
  'db:setup',
];
/** Those of the names above that may mean somebody else's server: they count where they are the tool itself. */
const deploys = /deploy|^prisma:migrate$/;
const isTool = /^(?:(?:npx|bunx|pnpm exec|yarn) )?prisma migrate deploy\b|^node [\w./-]+$/;
const seedScripts = ['db:seed', 'seed', 'seed:run', 'seed:dev', 'prisma:seed'];
/** What asks a person, or makes new migrations. */
const interactive =
  /prisma migrate dev|prisma migrate reset|drizzle-kit (?:generate|studio)|migration:generate|docker|\bcompose\b|\bprod(?:uction)?\b|\brailway\b|\bheroku\b|\bfly(?:ctl)?\b|\bvercel\b|\bssh\b|\bkubectl\b|--remote\b|--linked\b/;

/**
 * What a package of Node.js says of its database. undefined: nothing of that engine.
 *
 * @param isThere whether its commands are run in the package's folder, and not at the root
 */
export function nodeDatabase(
  facts: RepositoryFacts,
  found: NodePackage,
  engine: DatabaseEngine = 'postgresql',
  isThere = false,
): DatabaseProposal | undefined {
  const { folder, dependencies } = found;
  const { nodeClients, providers } = databaseEngines[engine];
  const ofPrisma = prismaSchema(facts, found);
  const { path: file = '', text: schema = '' } = ofPrisma ?? {};
  const [, provider] = providerLine.exec(schema) ?? [];
  const isIts = provider !== undefined && providers.includes(provider);
  const client = nodeClients.find((name) => dependencies.has(name));
  const because = isIts
    ? `${provider} in ${file}`
    : engine === 'postgresql' && dependencies.has('@medusajs/medusa')
      ? `Medusa in ${inFolder(folder, 'package.json')}`
      : client !== undefined
        ? `${client} in ${inFolder(folder, 'package.json')}`
        : engine === 'postgresql'
          ? chosenDatabase(facts, folder)
          : undefined;
  if (because === undefined || (provider !== undefined && !isIts)) return undefined;
  const tool = tools.find(({ packages }) => packages.some((name) => dependencies.has(name)));
  // Without migrations it does nothing, or ends with an error.
  const isVain = (text: string): boolean =>
    (/\bdrizzle-kit migrate\b/.test(text) && drizzleMigrations(facts, folder) === undefined) ||
    (/\bprisma migrate deploy\b/.test(text) && ofPrisma !== undefined && ofPrisma.migrations === undefined);
  const variables = [...schemaVariables(schema), ...configVariables(facts, folder)];
  const from = isThere ? '.' : folder;
  // It would ask a person, where the configuration wants that.
  const asks = isStrict(drizzleConfig(facts, folder));
  const force = (text: string): string | undefined =>
    asks && /\bdrizzle-kit push\b/.test(text) && !text.includes('--force') ? '--force' : undefined;
  const migrate =
    ofScript(found, from, migrateScripts, isVain, force) ?? ofTool(found, from, tool?.migrate(facts, folder, found));
  const seed = ofScript(found, from, seedScripts) ?? ofTool(found, from, tool?.seed?.(facts, found));
  return {
    because,
    ...(migrate === undefined ? {} : { migrate }),
    ...(seed === undefined ? {} : { seed }),
    ...(variables.length === 0 ? {} : { variables: [...new Set(variables)] }),
    ...inputs(facts, found, tool),
  };
}

/** Under which names a schema of Prisma's reads the database's URL (prisma.io/docs/orm/reference/prisma-schema-reference, datasource). */
function schemaVariables(schema: string): string[] {
  const found = [...schema.matchAll(/^[ \t]*(?:url|directUrl|shadowDatabaseUrl)\s*=\s*env\("(\w+)"\)/gm)].map(
    ([, name = '']) => name,
  );
  // A second database is none that this environment has.
  const own = found.filter((name) => name !== 'DATABASE_URL' && !/shadow/i.test(name));
  return [...new Set(own)];
}

/** Under which names the configuration of a migrating tool reads it. */
function configVariables(facts: RepositoryFacts, folder: string): string[] {
  const names = ['drizzle.config', 'knexfile', 'prisma.config', 'payload.config', 'src/payload.config'];
  const texts = names.flatMap((name) =>
    ['ts', 'js', 'mjs', 'cjs'].map((end) => textOf(facts, folder, `${name}.${end}`)),
  );
  const found = texts.flatMap((text) => [
    ...(text ?? '').matchAll(/\benv(?:\.|\[["']|\(["'])([A-Z][A-Z0-9_]*_(?:URL|URI|DSN)|[A-Z]*DATABASE_?URL)\b/g),
  ]);
  const own = found.map(([, name = '']) => name).filter((name) => name !== 'DATABASE_URL' && !/SHADOW|TEST/.test(name));
  return [...new Set(own)].filter((name) => /POSTGRES|PG|DATABASE|DB|SUPABASE|NEON|SQL/.test(name));
}

function ofScript(
  { scripts, manager }: NodePackage,
  folder: string,
  names: readonly string[],
  isVain: (text: string) => boolean = () => false,
  more: (text: string) => string | undefined = () => undefined,
): string | readonly string[] | undefined {
  const name = names.find((each) => {
    const text = scripts.get(each);
    if (text === undefined || interactive.test(text) || isVain(text)) return false;
    return (
      !deploys.test(each) ||
      isTool.test(withoutVariables(text.replace(/^dotenv (?:-e [\w./-]+ )*(?:-- )?/, '').replace(/^npx -- /, 'npx ')))
    );
  });
  if (name === undefined) return undefined;
  const heeding = withoutOverride(scriptText(scripts, name), manager);
  if (heeding !== undefined) return inFolderCommand(folder, heeding);
  // A program alone is started as it is: what it reads is known by its name then.
  const plain = withoutVariables(scripts.get(name) ?? '');
  if (folder === '.' && /^node [\w./-]+$/.test(plain)) return plain;
  return manager.script(name, folder, more(scripts.get(name) ?? ''));
}

function ofTool(
  { manager }: NodePackage,
  folder: string,
  command: string | undefined,
): string | readonly string[] | undefined {
  if (command === undefined) return undefined;
  return inFolderCommand(folder, manager.program(command));
}

/** Where a folder of the repository keeps what migrating tools read: those that a folder of its own has, and no known place. */
function inputs(
  facts: RepositoryFacts,
  found: NodePackage,
  tool: MigratingTool | undefined,
): Pick<DatabaseProposal, 'inputs'> {
  const { folder } = found;
  const schema = prismaSchema(facts, found);
  const isUsual = schema === undefined || /^(?:prisma\/)?(?:schema\/)?[\w-]+\.prisma$/.test(schema.path);
  if (!tool || (folder === '.' && isUsual)) return {};
  const ofSchema =
    schema === undefined ? [] : [schema.place, ...(schema.migrations === undefined ? [] : [schema.migrations])];
  // What is said takes the place of what is known: of the root only where that would not be found.
  if (folder === '.') return { inputs: ofSchema };
  const places = [
    'prisma',
    'drizzle',
    'drizzle.config.ts',
    'migrations',
    'seeds',
    'src/migrations',
    'src/schema',
    'schema.prisma',
    'src/db',
    'db',
  ];
  const there = places
    .filter((place) => has(facts, folder, place) || under(facts, folder, place))
    .map((place) => inFolder(folder, place));
  const all = [...there, ...ofSchema.filter((path) => !there.some((place) => path === place || isBelow(path, place)))];
  return all.length === 0 ? {} : { inputs: all };
}

/** The same of a project of Python. */
export function pythonDatabase(
  facts: RepositoryFacts,
  project: PythonProject,
  engine: DatabaseEngine = 'postgresql',
  isThere = false,
): DatabaseProposal | undefined {
  const { folder, dependencies, program } = project;
  const at = (place: string): string => (isThere ? relativeTo(folder, place) : place);
  const client = databaseEngines[engine].pythonClients.find((name) => dependencies.has(name));
  const because =
    client !== undefined
      ? `${client} among the dependencies${folder === '.' ? '' : ` of ${folder}`}`
      : engine === 'postgresql'
        ? chosenDatabase(facts, folder)
        : undefined;
  if (because === undefined) return undefined;
  const manage = djangoManage(facts, project);
  if (manage !== undefined)
    return { because, migrate: inFolderCommand(at(folder), program(`python ${manage} migrate`)) };
  // What its configuration names lies beside it.
  const place = ['.', 'src', 'app', 'backend'].find((each) => has(facts, inFolder(folder, each), 'alembic.ini'));
  if (place !== undefined) {
    const upgrade = program('alembic upgrade head');
    const there = place === '.' ? upgrade : upgrade.replace(/^\.venv\//, '../.venv/');
    return { because, migrate: inFolderCommand(at(inFolder(folder, place)), there) };
  }
  if (!dependencies.has('flask-migrate')) return { because };
  return { because, migrate: inFolderCommand(at(folder), program('flask db upgrade')) };
}

function relativeTo(folder: string, place: string): string {
  if (folder === '.') return place;
  return place === folder ? '.' : place.slice(folder.length + 1);
}

/** A name that PostgreSQL takes. */
export function templateName(repository: string): string {
  const plain = repository
    .toLowerCase()
    .replace(/^@[^/]*\//, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 50);
  const own = plain.replace(/(?:_template)+$/, '');
  return `${/^(?:pg_|wt_|coppice_)/.test(own) ? 'app' : own || 'app'}_template`;
}
