import { isUnder, type RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import { isOwnFile, toldOwnFile } from './ownFile';
import { prismaConfig, prismaSchema } from './prismaSchema';
import { inFolderCommand } from './shared/inFolderCommand';
import type { LeftOut, SetupStep } from './shared/candidate';
import { inFolder } from './shared/paths';

interface PrismaSetup {
  readonly setup: readonly SetupStep[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * What a new worktree needs of Prisma beside an install. Seen with Prisma 6.19 and 7.8: up to 6 the install of @prisma/client generates the
 * client; 7, and the generator `prisma-client`, leave it to whoever works there. Tables of a file of the worktree have no template.
 */
export function prismaSetup(facts: RepositoryFacts, packages: readonly NodePackage[]): PrismaSetup {
  const all = packages.map((found) => ofPackage(facts, found, packages));
  return { setup: all.flatMap(({ setup }) => setup), leftOut: all.flatMap(({ leftOut }) => leftOut) };
}

function ofPackage(facts: RepositoryFacts, found: NodePackage, packages: readonly NodePackage[]): PrismaSetup {
  const { folder, manager } = found;
  const ofSchema = prismaSchema(facts, found);
  if (!found.versions.has('prisma') || ofSchema === undefined) return { setup: [], leftOut: [] };
  const { place, text: schema, option, migrations } = ofSchema;
  const step = (command: string, inputs: readonly string[], env: Readonly<Record<string, string>>): SetupStep => ({
    command: inFolderCommand(folder, manager.program(command)),
    inputs,
    ...(Object.keys(env).length === 0 ? {} : { env }),
  });
  const own = ownFile(facts, found, schema);
  // Queries of one's own are typed by what the tables say.
  const hasQueries = own !== undefined && schema.includes('"typedSql"') && isUnder(facts, folder, 'prisma/sql');
  const isWanted = hasQueries || (!isOfInstall(found, schema, facts) && !generates(found, packages));
  const generate = `prisma generate${hasQueries ? ' --sql' : ''}${option}`;
  const migrate = `${migrations === undefined ? 'prisma db push' : 'prisma migrate deploy'}${option}`;
  return {
    setup: [
      ...(own === undefined ? [] : [step(migrate, [migrations ?? place], own)]),
      ...(isWanted
        ? [step(generate, [place, ...(hasQueries ? [inFolder(folder, 'prisma/sql')] : [])], own ?? {})]
        : []),
    ],
    leftOut:
      own !== undefined && found.prismaSeed
        ? [{ file: inFolder(folder, 'package.json'), path: 'prisma.seed', reason }]
        : [],
  };
}

const reason =
  'fills the file of a worktree’s own database: run it there once, or add it to setup if it can be run again on what it has filled';

/** Whether the install of the client generates it. */
function isOfInstall({ versions, folder }: NodePackage, schema: string, facts: RepositoryFacts): boolean {
  if (/^[ \t]*provider[ \t]*=[ \t]*"prisma-client"/m.test(schema)) return false;
  const [, major] = /^\D{0,2}(\d{1,3})(?:\.|$)/.exec(versions.get('prisma') ?? '') ?? [];
  return major === undefined ? prismaConfig(facts, folder) === '' : Number(major) < 7;
}

/** Whether scripts that run by themselves do it. */
function generates({ scripts, root }: NodePackage, packages: readonly NodePackage[]): boolean {
  const ofRoot = packages.find(({ folder }) => folder === root)?.scripts;
  const texts = ['postinstall', 'prepare', 'install', 'predev', 'dev'].flatMap((name) => [
    scripts.get(name) ?? '',
    ofRoot?.get(name) ?? '',
  ]);
  return texts.some((text) => /\bgenerate\b/.test(text));
}

/** A file in the worktree alone, as everybody can read it there; undefined: another database, or one that may be anywhere. */
function ownFile(
  facts: RepositoryFacts,
  { folder, root }: NodePackage,
  schema: string,
): Readonly<Record<string, string>> | undefined {
  if (!/^[ \t]*provider[ \t]*=[ \t]*"sqlite"/m.test(schema)) return undefined;
  const [, literal] = /^[ \t]*url[ \t]*=[ \t]*"([^"]*)"/m.exec(schema) ?? [];
  if (literal !== undefined) return isOwnFile(literal, folder) ? {} : undefined;
  const config = prismaConfig(facts, folder);
  const [, name = 'DATABASE_URL'] =
    /^[ \t]*url[ \t]*=[ \t]*env\("(\w+)"\)/m.exec(schema) ?? /\benv(?:\(["']|\.|\[["'])(\w+)/.exec(config) ?? [];
  return toldOwnFile(facts, folder, [inFolder(root, '.env')], name);
}
