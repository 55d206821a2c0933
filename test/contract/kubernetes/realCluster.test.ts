import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, test } from 'vitest';
import { kubernetesHarness } from '../../support/kubernetesHarness';
import { clusterContract } from './clusterContract';

// A real Kubernetes to hold the suite against: COPPICE_TEST_KUBECONFIG is a kubeconfig whose current context leads there,
// COPPICE_TEST_IMAGE an image that its nodes have and that holds busybox as /busybox.
const path = process.env['COPPICE_TEST_KUBECONFIG'];
const image = process.env['COPPICE_TEST_IMAGE'] ?? 'coppice-test/pause:1';

if (path) {
  const { 'current-context': context } = parse(readFileSync(path, 'utf8')) as { 'current-context': string };
  const makeCommand = (lines: readonly string[], exitCode: number | undefined): string[] => {
    const last = exitCode === undefined ? 'exec /busybox sleep 100000' : `exit ${exitCode}`;
    return ['/busybox', 'sh', '-c', `for line in "$@"; do echo "$line"; done; ${last}`, 'sh', ...lines];
  };
  clusterContract(
    'a real Kubernetes',
    async () => kubernetesHarness({ path, context }, image, makeCommand, {}),
    90_000,
  );
} else {
  describe('Cluster: a real Kubernetes', () => {
    test.skip('needs COPPICE_TEST_KUBECONFIG', () => undefined);
  });
}
