// The packaged extension, made again only when something that goes into it is newer.
import { readdir, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makePackage, vsixPath } from '../package.mjs';
import { once } from './alone.mjs';
import { mustRun, root } from './run.mjs';
import { step } from './say.mjs';

const sources = [
  'src',
  'packages',
  'webview',
  'charts',
  'media',
  'scripts/build.mjs',
  'package.json',
  'package.nls.json',
  'package-lock.json',
  'README.md',
];

/** @returns {Promise<string>} the package's path */
export async function ensureBuilt() {
  const vsix = await vsixPath();
  await once(
    () => isNewest(vsix),
    () =>
      step('Building the extension', async () => {
        await mustRun(process.execPath, [join(root, 'scripts', 'build.mjs')], {
          orElse: 'The extension could not be built',
        });
        await makePackage();
      }),
  );
  return vsix;
}

/** @param {string} vsix */
async function isNewest(vsix) {
  const made = await stat(vsix).catch(() => undefined);
  if (!made || !existsSync(join(root, 'dist', 'cli.js'))) return false;
  const newest = Math.max(...(await Promise.all(sources.map((source) => newestTime(join(root, source))))));
  return newest < made.mtimeMs;
}

/**
 * @param {string} path a file or a folder
 * @returns {Promise<number>} when something of it was changed last, 0 where there is nothing
 */
async function newestTime(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
  return Math.max(found.mtimeMs, ...(await Promise.all(files)).map((file) => file.mtimeMs));
}
