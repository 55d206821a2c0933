import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path, or what links lead it to, lies in one of these folders, or in what links lead them to. */
export async function isWithinAny(folders: readonly string[], path: string): Promise<boolean> {
  const named = async (each: string): Promise<string[]> => [each, await realpath(each).catch(() => each)];
  const [paths, all] = [await named(path), (await Promise.all(folders.map(named))).flat()];
  return paths.some((one) => all.some((folder) => isWithin(folder, one)));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
