import { readFile, stat } from 'node:fs/promises';
import { parsed } from './parsed';

/** At a time: as many files as a process may look at without a limit of its own. */
const together = 64;

/** The first of these that is not there, or is a link to what is not; undefined: all are. */
export async function missingPackage(
  at: (path: string) => string,
  places: readonly string[],
): Promise<string | undefined> {
  for (let from = 0; from < places.length; from += together) {
    const part = places.slice(from, from + together);
    const found = await Promise.all(part.map((place) => stat(at(place)).then(Boolean, () => false)));
    const gone = found.indexOf(false);
    if (gone >= 0) return part[gone];
  }
  return undefined;
}

/**
 * Where the packages are that projects name in their package.json themselves, but for those that may be missing.
 *
 * @param folders of `node_modules`, each beside a package.json
 */
export async function directPlaces(at: (path: string) => string, folders: readonly string[]): Promise<string[]> {
  const all = await Promise.all(
    folders.map(async (folder) => {
      const file = folder.replace(/node_modules$/, 'package.json');
      const said = parsed((await readFile(at(file), 'utf8').catch(() => undefined)) ?? '');
      const named = (key: string): string[] => {
        const value: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, key) : undefined;
        return typeof value === 'object' && value !== null ? Object.keys(value) : [];
      };
      const optional = new Set(named('optionalDependencies'));
      const wanted = [...named('dependencies'), ...named('devDependencies')].filter((name) => !optional.has(name));
      return wanted.map((name) => `${folder}/${name}`);
    }),
  );
  return all.flat();
}
