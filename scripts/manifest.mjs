// npm run manifest: writes what manifest/ says, one row a command, a setting, a view, to where VS Code and the code look for it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { loadSource } from './workplace/loadSource.mjs';
import { root } from './workplace/run.mjs';
import { main, say } from './workplace/say.mjs';

/**
 * The files that the rows decide, as they would be written now.
 * @returns {Promise<Readonly<Record<string, string>>>} by their path in the repository
 */
export async function manifestFiles() {
  /** @type {{ written: (packageJson: string) => Readonly<Record<string, string>> }} */
  const { written } = await loadSource('manifest', 'written.ts');
  const files = Object.entries(written(await readFile(join(root, 'package.json'), 'utf8')));
  return Object.fromEntries(await Promise.all(files.map(async ([path, text]) => [path, await format(path, text)])));
}

/**
 * @param {string} path
 * @param {string} text
 */
async function format(path, text) {
  const filepath = join(root, path);
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    for (const [path, text] of Object.entries(await manifestFiles())) {
      const file = join(root, path);
      if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      say(`wrote ${path}`);
    }
  });
}
