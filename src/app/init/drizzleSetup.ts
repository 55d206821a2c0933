import { nodeDatabase } from './databaseProposal';
import { drizzleConfig, drizzleMigrations, isStrict } from './drizzleConfig';
import type { RepositoryFacts } from './facts';
import type { NodePackage } from './nodePackage';
import { isOwnFile, toldOwnFile } from './ownFile';
import { inFolderCommand } from './shared/inFolderCommand';
import type { SetupStep } from './shared/candidate';
import { inFolder, pathInRepository } from './shared/paths';

/**
 * What makes the tables of a database that is a file of the worktree, for which there is no template. It runs again when the schema is
 * another one, on what somebody has written meanwhile: told `--force`, a push takes that away without a word; without it, and without a
 * terminal, it changes nothing then and has failed. Seen with drizzle-kit 0.31; orm.drizzle.team/docs/drizzle-config-file.
 */
export function drizzleSetup(facts: RepositoryFacts, packages: readonly NodePackage[]): readonly SetupStep[] {
  return packages.flatMap((found): SetupStep[] => {
    const { folder, manager } = found;
    const config = drizzleConfig(facts, folder);
    if (!found.dependencies.has('drizzle-kit') || !/\bdialect\s*:\s*["'`](?:sqlite|turso)["'`]/.test(config)) return [];
    if (nodeDatabase(facts, found) !== undefined) return [];
    const env = ownFile(facts, found, config);
    if (env === undefined) return [];
    const migrations = drizzleMigrations(facts, folder);
    const [, schema] = /\bschema\s*:\s*["'`]([^"'`*]{1,200})/.exec(config) ?? [];
    const read = migrations ?? (schema === undefined ? undefined : pathInRepository(folder, schema.replace(/\/$/, '')));
    // Whoever it would ask each time has it make nothing.
    if (migrations === undefined && isStrict(config)) return [];
    const run = migrations === undefined ? 'drizzle-kit push' : 'drizzle-kit migrate';
    return [
      {
        command: inFolderCommand(folder, manager.program(run)),
        inputs: [...(read === undefined ? [] : [read]), inFolder(folder, 'drizzle.config.*')],
        ...(Object.keys(env).length === 0 ? {} : { env }),
      },
    ];
  });
}

/** Its address as the configuration has it, in itself or in a file that it names; one that names no kind is a file's. */
function ownFile(
  facts: RepositoryFacts,
  { folder, root }: NodePackage,
  config: string,
): Readonly<Record<string, string>> | undefined {
  const [, said = ''] = /\burl\s*:\s*([^\n]{1,200})/.exec(config) ?? [];
  const [, literal] = /^["'`]([^"'`$]+)["'`]/.exec(said) ?? [];
  if (literal !== undefined)
    return isOwnFile(literal.includes(':') ? literal : `file:${literal}`, folder) ? {} : undefined;
  const [, name] = /\benv(?:\.|\[["'])(\w+)/.exec(said) ?? [];
  const named = [...config.matchAll(/["'`]([\w./-]{0,100}\.env(?:\.\w{1,20})?)["'`]/g)].flatMap(
    ([, path = '']) => pathInRepository(folder, path) ?? [],
  );
  return name === undefined ? undefined : toldOwnFile(facts, folder, [...named, inFolder(root, '.env')], name);
}
