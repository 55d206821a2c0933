// Packages what was built into out/coppice-<version>.vsix, with the notices of everything that is in it.
import { readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNotices } from './notices.mjs';
import { mustRun, root } from './workplace/run.mjs';
import { Stop, main } from './workplace/say.mjs';

/** Where the package of this version lies, packaged or not. */
export async function vsixPath() {
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return join(root, 'out', `${name}-${version}.vsix`);
}

/** @returns {Promise<string>} the package's path */
export async function makePackage() {
  if (!existsSync(join(root, 'dist', 'extension.js'))) {
    throw new Stop('There is nothing to package: run "npm run build" first.');
  }
  await writeNotices();
  const vsix = await vsixPath();
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix];
  await mustRun(process.execPath, [vsce, 'package', ...options], { orElse: 'The extension could not be packaged' });
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const vsix = await makePackage();
    console.log(`${relative(root, vsix)}  ${Math.round((await stat(vsix)).size / 1024)} KB`);
  });
}
