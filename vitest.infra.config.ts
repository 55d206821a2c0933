import { defineConfig } from 'vitest/config';

// Parts of infra as they really are, with what the chart says to them: scripts/testInfra.mjs builds them.
export default defineConfig({
  test: {
    include: ['test/infra/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
