import { defineConfig } from 'vitest/config';

// What takes any Kubernetes: scripts/testCluster.mjs says which one.
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One after the other: they share a cluster, and what one sets up for all (infra) is what another needs to be absent.
    fileParallelism: false,
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
