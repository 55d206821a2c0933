// Packages of npm that hold a kubectl and a Helm for Linux, as an archive.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** npm has them for one system only. */
export const hasLayers = process.platform === 'linux' && process.arch === 'x64';

/**
 * Where the programs of a package are once they are unpacked.
 * @param {string} folder of the package
 */
export function layerPrograms(folder) {
  return { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
}

/** @param {string} folder of the package */
export async function unpackLayer(folder) {
  // Scripts that install the dependencies import this file before there are any.
  const { default: jszip } = await import('jszip');
  const archive = await jszip.loadAsync(await readFile(join(folder, 'lib', 'layer.zip')));
  for (const [name, path] of Object.entries(layerPrograms(folder))) {
    const content = await archive.file(`${name}/${name}`)?.async('nodebuffer');
    if (!content) throw new Error(`${folder} has no ${name}`);
    await writeFile(`${path}.new`, content, { mode: 0o755 });
    await rename(`${path}.new`, path);
  }
}
