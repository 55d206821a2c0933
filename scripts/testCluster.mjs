// npm run test:cluster: the suites that take any Kubernetes, against the one that KUBECONFIG leads to by its current context.
// They make namespaces of their own and delete them. They need an image with Node.js: COPPICE_TEST_IMAGE names one that the
// cluster can have; without it one is made of this machine's Node.js in the Docker that DOCKER_HOST names, the cluster's own.
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { ensureKubernetesTools, hasKubernetesTools, helms } from './workplace/kubernetesTools.mjs';
import { mustRun, root } from './workplace/run.mjs';
import { Stop, say, seconds } from './workplace/say.mjs';
import { runStage, sayAgain } from './workplace/stages.mjs';
import { ensureTestImage } from './workplace/testImage.mjs';

const output = join(root, 'out', 'test-cluster');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** @returns {string} the one kubeconfig file that KUBECONFIG names */
function chosenKubeconfig() {
  const named = (process.env.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  const [kubeconfig, another] = named;
  if (kubeconfig === undefined)
    throw new Stop('Set KUBECONFIG to the kubeconfig of a cluster for tests: its current context is used.');
  if (another !== undefined) throw new Stop('KUBECONFIG names several files: set it to one.');
  if (!existsSync(kubeconfig)) throw new Stop(`There is no kubeconfig at ${kubeconfig}.`);
  return kubeconfig;
}

async function testCluster() {
  const begin = Date.now();
  const kubeconfig = chosenKubeconfig();
  const image = process.env.COPPICE_TEST_IMAGE || (await ensureTestImage());
  // An old cluster and a Helm of its time; the newest is for the embedded one.
  await ensureKubernetesTools();
  const [, helm] = helms[0] ?? [];
  const env = { COPPICE_TEST_HELM: process.env.COPPICE_TEST_HELM ?? (hasKubernetesTools() ? helm : undefined) };
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  // The suites run the embedded cluster as well, to compare.
  await mustRun(process.execPath, ['scripts/build.mjs'], { orElse: 'The product cannot be built' });
  const { passed, failed, skipped, again } = await runStage(
    {
      name: 'cluster',
      args: [vitest, 'run', '-c', 'vitest.cluster.config.ts'],
      tests: process.argv.slice(2),
      counts: true,
      again: true,
    },
    output,
    { ...env, KUBECONFIG: undefined, COPPICE_TEST_KUBECONFIG: kubeconfig, COPPICE_TEST_IMAGE: image },
  );
  sayAgain(again);
  say(
    `\n${seconds(Date.now() - begin)}; logs are in ${relative(root, output)}${skipped ? `; ${skipped} skipped` : ''}`,
  );
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  try {
    return await testCluster();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    say('0 passed, 1 failed');
    return 1;
  }
});
