import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { libpqEnvironment } from '../../../core/databases/libpqEnvironment';
import type { Identity, Repository } from '../../../core/model';
import type { Cluster } from '../../../core/ports/cluster';
import { databaseTold } from '../commands/databaseTold';
import { portText, variablesOf, type TelemetrySettings, type VariableSource } from './variables';

export interface CommandPlace {
  readonly repository: Repository;
  /** undefined: the worktree has no environment. */
  readonly identity: Identity | undefined;
  readonly branch: string | undefined;
  readonly settings: TelemetrySettings;
  /** Asked once there is something to tell. */
  readonly openCluster: () => Promise<Pick<Cluster, 'urlPort'>>;
}

/**
 * The address of a database that is not there yet, or not any more. It leads nowhere, and says so: whoever reads a copied .env leaves
 * alone what is set, and so does not come upon the main worktree's. An empty one would not do: what finds it empty takes its default,
 * which is a server of this machine.
 */
export const noDatabaseUrl = 'postgresql://none@no-database-yet.coppice.invalid:5432/none';

/** For commands that run before the environment's database is there: also what the file says of it under other names. */
export function withoutDatabase(
  file: Pick<EnvironmentFile, 'database' | 'patch' | 'services'>,
): Readonly<Record<string, string>> {
  if (file.database === undefined) return {};
  const none: Readonly<Record<string, string>> = databaseEnvironment(noDatabaseUrl, file.database.url);
  // What a patch says of these is the environment's own.
  const said = new Set(Object.values(file.patch).flatMap((values) => Object.keys(values)));
  const libpq = Object.entries(libpqEnvironment(noDatabaseUrl)).filter(([name]) => !said.has(name));
  return { ...Object.fromEntries(libpq), ...databaseTold(file, noDatabaseUrl), ...none };
}

/** What commands of `setup` and `teardown` see. */
export async function commandVariables(
  parts: readonly VariableSource[],
  { repository, identity, branch, settings, openCluster }: CommandPlace,
): Promise<Readonly<Record<string, string>>> {
  if (!identity) return { COPPICE_MAIN_WORKTREE: repository.root };
  return variablesOf(parts, {
    ...{ identity, settings, branch: branch ?? identity.names.slug, mainFolder: repository.root },
    urlPort: portText(await (await openCluster()).urlPort()),
  });
}
