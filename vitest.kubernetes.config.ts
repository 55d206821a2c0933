import { defineConfig } from 'vitest/config';

// What needs an API server, and nothing that acts on what it has: scripts/testKubernetes.mjs has that of a current Kubernetes.
export default defineConfig({
  test: {
    include: ['infraCharts', 'kubeconfigs', 'watching'].map((name) => `test/cluster/${name}.test.ts`),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One after the other: they share a cluster.
    fileParallelism: false,
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
