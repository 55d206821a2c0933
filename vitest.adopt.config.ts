import { defineConfig } from 'vitest/config';

// Projects that nobody here wrote: scripts/adopt.mjs says which ones.
export default defineConfig({
  test: {
    include: ['test/adopt/**/*.test.ts'],
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
    fileParallelism: false,
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
