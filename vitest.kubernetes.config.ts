import { defineConfig } from 'vitest/config';

// What needs an API server and controllers, and no node that runs pods: scripts/testKubernetes.mjs has them of the newest Kubernetes.
export default defineConfig({
  test: {
    include: [
      'api',
      'badInput',
      'enforced',
      'fieldManagers',
      'helm',
      'infraAdmission',
      'infraCharts',
      'kubeconfigs',
      'kubectl',
      'manyEnvironments',
      'readiness',
      'watching',
      'why',
    ].map((name) => `test/cluster/${name}.test.ts`),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One after the other: they share a cluster.
    fileParallelism: false,
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
