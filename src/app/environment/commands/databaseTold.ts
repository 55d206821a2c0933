import { expandReferences } from '@coppice/host/expandReferences';
import { databaseEnvironment } from '../../../core/databaseEnvironment';
import type { EnvironmentFile } from '../../../core/environmentFile';

/**
 * What an environment file says of the database under names of the project's own (`DB_HOST: $(DATABASE_HOST)`), for commands that no
 * service runs: those would else read them in a copied or committed .env, which names another database. A service's word counts before
 * a patch's, an earlier service's before a later one's.
 *
 * @param url of the database that the commands are to have
 */
export function databaseTold(
  { services, patch, database }: Pick<EnvironmentFile, 'services' | 'patch' | 'database'>,
  url: string,
): Readonly<Record<string, string>> {
  const values: Readonly<Record<string, string | undefined>> = databaseEnvironment(url, database?.url);
  const said = [...Object.values(patch), ...services.map(({ env }) => env).toReversed()];
  return Object.fromEntries(
    said.flatMap(Object.entries<string>).flatMap(([name, text]): [string, string][] => {
      let isOfDatabase = false;
      const value = expandReferences(text, (wanted) => {
        isOfDatabase ||= Object.hasOwn(values, wanted);
        return values[wanted] ?? '';
      });
      return isOfDatabase ? [[name, value]] : [];
    }),
  );
}
