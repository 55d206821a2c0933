// npm run test:kubernetes: the suites of test/cluster that need no nodes, against the newest Kubernetes that the Go module proxy has:
// its API server and its controllers, built once into the user's cache and started on loopback. Arguments choose test files.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureKubernetes, kubernetesObtained, whyNoKubernetes } from '../test/support/kubernetes/build.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { ensureKubernetesTools } from './workplace/kubernetesTools.mjs';
import { mustRun, root } from './workplace/run.mjs';
import { Stop, say, seconds, step } from './workplace/say.mjs';
import { runStage, sayAgain } from './workplace/stages.mjs';

const output = join(root, 'out', 'test-kubernetes');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

async function testKubernetes() {
  const begin = Date.now();
  const reason = await whyNoKubernetes();
  if (reason !== undefined) {
    say(`Skipped: ${reason}`);
    say('0 passed, 0 failed');
    return 0;
  }
  const programs = await ensureKubernetes();
  await ensureKubernetesTools();
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  // The suites run the command line as well.
  await mustRun(process.execPath, ['scripts/build.mjs'], { orElse: 'The product cannot be built' });
  // Only installed dependencies have what it imports.
  const { startKubernetes } = await import('../test/support/kubernetes/start.mjs');
  const folder = await mkdtemp(join(tmpdir(), 'coppice-kubernetes-'));
  try {
    const kubernetes = await step('Starting Kubernetes', () => startKubernetes(programs, folder, output));
    try {
      const { passed, failed, skipped, again } = await runStage(
        {
          name: 'kubernetes',
          args: [vitest, 'run', '-c', 'vitest.kubernetes.config.ts'],
          tests: process.argv.slice(2),
          counts: true,
          again: true,
        },
        output,
        {
          KUBECONFIG: undefined,
          COPPICE_TEST_KUBECONFIG: kubernetes.kubeconfig,
          COPPICE_TEST_WITHOUT_NODES: '1',
          COPPICE_TEST_IMAGE: 'nowhere.invalid/none:1',
          COPPICE_TEST_OBTAINED: kubernetesObtained,
        },
      );
      sayAgain(again);
      const rest = skipped ? `; ${skipped} skipped` : '';
      say(`\n${seconds(Date.now() - begin)}; logs are in ${relative(root, output)}${rest}`);
      say(`${passed} passed, ${failed} failed`);
      return failed === 0 ? 0 : 1;
    } finally {
      await kubernetes.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  // The servers end with this process, which a signal would end without telling anybody.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => process.exit(1));
  try {
    return await testKubernetes();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    say('0 passed, 1 failed');
    return 1;
  }
});
