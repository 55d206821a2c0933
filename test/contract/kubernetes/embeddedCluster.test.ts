import { kubernetesHarness } from '../../support/kubernetesHarness';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { clusterContract } from './clusterContract';

/** Prints the arguments from the third on; then stays, or exits with the code in the second. */
const script = `
const [code, ...lines] = process.argv.slice(1);
for (const line of lines) console.log(line);
if (code === 'stay') setInterval(() => undefined, 100000); else process.exitCode = Number(code);
`;

clusterContract(
  'the embedded cluster',
  async () => {
    const cluster: TestCluster = await startTestCluster();
    const makeCommand = (lines: readonly string[], exitCode: number | undefined): string[] => [
      process.execPath,
      '-e',
      script,
      exitCode === undefined ? 'stay' : String(exitCode),
      ...lines,
    ];
    const kubeconfig = { path: cluster.kubeconfig, context: 'coppice-embedded' };
    const harness = kubernetesHarness(kubeconfig, 'node', makeCommand, { 'coppice.dev/folder': cluster.home });
    return {
      ...harness,
      async dispose() {
        await harness.dispose();
        await cluster.dispose();
      },
    };
  },
  60_000,
);
