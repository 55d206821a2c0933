import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pageWithoutRepository } from './readme.mjs';
import { tighterZip } from './tighterZip.mjs';
import { mustRun, root } from './workplace/run.mjs';

/** Where the README of a package is written that cannot have the README itself. */
const readme = 'out/readme.md';

/**
 * Packages an extension as it lies in its folder. The page of an extension shows pictures from https addresses only: neither those
 * in the package, nor data: addresses, which the page's policy would let through and VS Code (1.139) takes out of the text before. They
 * are taken from the `repository` of package.json, on GitHub or GitLab. As long as it names none, the page is without pictures,
 * rather than with broken ones; the walkthrough has its own.
 *
 * @param {string} folder
 * @param {string} vsix the package's path
 * @param {{ target?: string, isTight?: boolean }} [options] `target`: the system that it is for; `isTight`: it is packed as tightly
 *   as can be, which takes some ten seconds: for what is published and measured
 */
export async function packFolder(folder, vsix, { target, isTight = false } = {}) {
  const { repository } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const page = repository ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links', '--readme-path', readme];
  if (!repository) {
    await mkdir(join(folder, dirname(readme)), { recursive: true });
    await writeFile(join(folder, readme), pageWithoutRepository(await readFile(join(folder, 'README.md'), 'utf8')));
  }
  // Programs of others are not searched for secrets, which takes minutes; what is ours is searched in the package for all systems.
  const unsearched = ['--allow-package-all-secrets', '--allow-package-env-file'];
  const system = target === undefined ? [] : ['--target', target, ...unsearched];
  // Whoever finds a package finds a whole one.
  const making = `${vsix}.making`;
  await mustRun(process.execPath, [vsce, 'package', '--no-dependencies', ...page, ...system, '--out', making], {
    cwd: folder,
    orElse: 'The extension could not be packaged',
  });
  if (isTight) {
    // Scripts that install the dependencies import this file before there are any.
    const { deflateAsync } = await import('@gfx/zopfli');
    const tight = await tighterZip(await readFile(making), (content) => deflateAsync(content, { numiterations: 1 }));
    await writeFile(making, tight);
  }
  await rename(making, vsix);
}
