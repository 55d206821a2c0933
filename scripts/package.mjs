// Packages what was built into out/coppice-<version>.vsix, with the notices of everything that is in it.
// With --target <system> into out/coppice-<system>-<version>.vsix, with Helm and PostgreSQL's programs for that system.
import { readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeNotices } from './notices.mjs';
import { packFolder } from './packFolder.mjs';
import { makePlatformPackage } from './platform/makePlatformPackage.mjs';
import { isTarget, targets } from './platform/targets.mjs';
import { orUsage } from './workplace/orUsage.mjs';
import { root } from './workplace/run.mjs';
import { Stop, main, say } from './workplace/say.mjs';

const usage = `npm run package [-- options]
  --target <name> with Helm and PostgreSQL for one system: ${Object.keys(targets).join(', ')}`;

/**
 * Where the package of this version lies, packaged or not.
 * @param {string} [target] the system that it is for; without it that for all
 */
export async function vsixPath(target) {
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return join(root, 'out', `${[name, target, version].filter(Boolean).join('-')}.vsix`);
}

/**
 * @param {{ isTight?: boolean }} [options] `isTight`: packed as tightly as can be, as it is published; else sooner
 * @returns {Promise<string>} the package's path
 */
export async function makePackage({ isTight = false } = {}) {
  if (!existsSync(join(root, 'dist', 'extension.js'))) {
    throw new Stop('There is nothing to package: run "npm run build" first.');
  }
  await writeNotices();
  const vsix = await vsixPath();
  await packFolder(root, vsix, { isTight });
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const { target, help } = orUsage(usage, () =>
      parseArgs({ options: { target: { type: 'string' }, help: { type: 'boolean', default: false } } }),
    ).values;
    if (help) return void say(usage);
    const vsix = await packageFor(target);
    console.log(`${relative(root, vsix)}  ${Math.round((await stat(vsix)).size / 1024)} KB`);
  });
}

/** @param {string | undefined} target the system that it is for; undefined: all */
async function packageFor(target) {
  if (target === undefined) return makePackage({ isTight: true });
  if (!isTarget(target)) throw new Stop(`There is no package for "${target}": ${Object.keys(targets).join(', ')}.`);
  return makePlatformPackage(target, await vsixPath(target));
}
