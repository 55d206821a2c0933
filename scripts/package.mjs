// Packages what was built into out/coppice-<version>.vsix, with the notices of everything that is in it.
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNotices } from './notices.mjs';
import { pageWithoutRepository } from './readme.mjs';
import { mustRun, root } from './workplace/run.mjs';
import { Stop, main } from './workplace/say.mjs';

/** Where the README of a package is written that cannot have the README itself. */
const readme = 'out/readme.md';

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
  await packFolder(root, vsix);
  return vsix;
}

/**
 * Packages an extension as it lies in its folder. The page of an extension shows pictures from https addresses only, neither those
 * in the package nor those in the text itself: they are taken from the `repository` of package.json, on GitHub or GitLab. As long
 * as it names none, the page is without pictures, rather than with broken ones.
 *
 * @param {string} folder
 * @param {string} vsix the package's path
 */
export async function packFolder(folder, vsix) {
  const { repository } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const page = repository ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links', '--readme-path', readme];
  if (!repository) {
    await mkdir(join(folder, dirname(readme)), { recursive: true });
    await writeFile(join(folder, readme), pageWithoutRepository(await readFile(join(folder, 'README.md'), 'utf8')));
  }
  // Whoever finds a package finds a whole one.
  const making = `${vsix}.making`;
  await mustRun(process.execPath, [vsce, 'package', '--no-dependencies', ...page, '--out', making], {
    cwd: folder,
    orElse: 'The extension could not be packaged',
  });
  await rename(making, vsix);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const vsix = await makePackage();
    console.log(`${relative(root, vsix)}  ${Math.round((await stat(vsix)).size / 1024)} KB`);
  });
}
