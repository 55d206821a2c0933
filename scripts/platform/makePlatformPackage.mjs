// The package for one system: the extension as it is for all, with Helm and PostgreSQL's programs in tools/.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeNotices } from '../notices.mjs';
import { packFolder } from '../packFolder.mjs';
import { alone } from '../workplace/alone.mjs';
import { root } from '../workplace/run.mjs';
import { Stop } from '../workplace/say.mjs';
import { layHelm } from './helmFor.mjs';
import { layPostgres } from './postgresFor.mjs';

const packed = ['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'charts', 'media'];

/**
 * It is packaged from a copy, so that the package for all systems, made from the clone itself, stays without the programs.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {string} vsix the package's path
 * @returns {Promise<string>} that path
 */
export async function makePlatformPackage(target, vsix) {
  if (!existsSync(join(root, 'dist', 'extension.js'))) {
    throw new Stop('There is nothing to package: run "npm run build" first.');
  }
  const place = join(root, 'out', 'platform');
  const folder = join(place, target);
  const work = join(place, `${target}.work`);
  await alone(join(place, `${target}.lock`), async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const name of packed) {
      if (!existsSync(join(root, name))) continue;
      await cp(join(root, name), join(folder, name), { recursive: true, filter: (path) => !path.endsWith('.map') });
    }
    const ignored = await readFile(join(root, '.vscodeignore'), 'utf8');
    await writeFile(join(folder, '.vscodeignore'), `${ignored.trimEnd()}\n!tools/**\n`);
    await layHelm(target, join(folder, 'tools', target.startsWith('win32') ? 'helm.exe' : 'helm'), join(work, 'helm'));
    await layPostgres(target, join(folder, 'tools', 'postgres'), join(work, 'postgres'));
    await writeNotices({ to: join(folder, 'dist', 'ThirdPartyNotices.txt'), withTools: true });
    await packFolder(folder, vsix, { target });
    await rm(work, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });
  return vsix;
}
