import { defineConfig } from 'vitest/config';

// What takes any Kubernetes: scripts/testCluster.mjs says which one.
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
