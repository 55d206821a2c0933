import { expandReferences } from '@coppice/host/expandReferences';
import type { EnvironmentFile } from '../../../core/environmentFile';

/**
 * What an environment file says of certain variables under names of the project's own (`DB_HOST: $(DATABASE_HOST)`), for commands that no
 * service runs: those would else read them in a copied or committed .env, which names another database. A service's word counts before
 * a patch's, an earlier service's before a later one's.
 *
 * @param values the variables, as the commands are to have them
 */
export function toldByFile(
  { services, patch }: Pick<EnvironmentFile, 'services' | 'patch'>,
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const said = [...Object.values(patch), ...services.map(({ env }) => env).toReversed()];
  return Object.fromEntries(
    said.flatMap(Object.entries<string>).flatMap(([name, text]): [string, string][] => {
      let isOfThese = false;
      const value = expandReferences(text, (wanted) => {
        isOfThese ||= Object.hasOwn(values, wanted);
        return values[wanted] ?? '';
      });
      return isOfThese ? [[name, value]] : [];
    }),
  );
}
