import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { libpqMannerNames } from '../../../core/databases/libpqEnvironment';
import { toldByFile } from './toldByFile';

/**
 * What an environment file says of the database under names of the project's own, and how services connect (`PGSSLMODE: disable`): a
 * driver that asks a server for what it has not asks for it in a migration, too.
 *
 * @param url of the one that the commands are to have
 */
export function databaseTold(
  file: Pick<EnvironmentFile, 'services' | 'patch' | 'database'>,
  url: string,
): Readonly<Record<string, string>> {
  const manners = file.services.toReversed().flatMap(({ env }) =>
    libpqMannerNames.flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined || value.includes('$(') ? [] : [[name, value]];
    }),
  );
  return { ...Object.fromEntries(manners), ...toldByFile(file, databaseEnvironment(url, file.database?.url)) };
}
