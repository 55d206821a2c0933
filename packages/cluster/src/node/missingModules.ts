import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** What is said where a program or a package is not there: by Node.js, Bun, shells, and who starts a container. */
const notFound =
  /\bCannot find (?:module|package) ['"](?![./\\]|[A-Za-z]:)|\bcommand not found\b|: not found$|\bnot found in \$PATH$|is not recognized as an internal or external command/m;

/**
 * Where a program failed and its package's dependencies are not installed: the folder that lacks them, within the pod's own ('.' is
 * that). undefined: they are, it has none, or it failed for another reason.
 *
 * @param folder in which it ran; `root`: the pod's
 */
export async function missingModules({
  folder,
  root,
  said,
}: {
  folder: string;
  root: string;
  said: string;
}): Promise<string | undefined> {
  if (!notFound.test(said)) return undefined;
  const place = await packageFolder(folder, root);
  if (place === undefined || (await isInstalled(place, root))) return undefined;
  return relative(root, place).split(sep).join('/') || '.';
}

/** The nearest one up to the root whose package.json names dependencies. */
async function packageFolder(folder: string, root: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined && hasDependencies(text)) return folder;
  const parent = dirname(folder);
  return folder === root || parent === folder || text !== undefined ? undefined : packageFolder(parent, root);
}

function hasDependencies(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null) return false;
    return ['dependencies', 'devDependencies'].some((key) => {
      const found: unknown = Reflect.get(content, key);
      return typeof found === 'object' && found !== null && Object.keys(found).length > 0;
    });
  } catch {
    return false;
  }
}

/** Node.js looks in each folder above, too: those of the pod count, whatever others lie about. Yarn can do without any. */
async function isInstalled(folder: string, root: string): Promise<boolean> {
  for (let place = folder; ; place = dirname(place)) {
    for (const name of ['node_modules', '.pnp.cjs', '.pnp.js'])
      if (await stat(join(place, name)).catch(() => undefined)) return true;
    if (place === root || dirname(place) === place) return false;
  }
}
