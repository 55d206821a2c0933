import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** A repository is searched so deep and so far: more would keep whoever waits. */
const maxDepth = 4;
const maxFolders = 500;
/** What installs and builds make, and git's own. */
const made = /^(?:\.git|node_modules|\.venv|venv|vendor|target|dist|build|\.next|\.turbo|\.cache|__pycache__)$/;

/** Files of a folder that are read as dotenv by their name: `.env`, `.env.local`, `test.env`, `.envrc`. Never rejects. */
export async function dotenvFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  let level = [folder];
  let left = maxFolders;
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const looked = level.slice(0, left);
    left -= looked.length;
    const below = await Promise.all(
      looked.map(async (each) => {
        const entries = await readdir(each, { withFileTypes: true }).catch(() => []);
        for (const entry of entries)
          if (!entry.isDirectory() && /^\.env(?:$|[.\w-])|\.env$/.test(entry.name))
            found.push(path.join(each, entry.name));
        return entries
          .filter((entry) => entry.isDirectory() && !made.test(entry.name))
          .map(({ name }) => path.join(each, name));
      }),
    );
    level = below.flat();
  }
  return found;
}
