import { defineConfig } from 'vitest/config';

// Servers of the tools that `uses` names, as their packages have them: scripts/testUses.mjs gets them.
export default defineConfig({
  test: {
    include: ['test/uses/**/*.test.ts'],
    testTimeout: 5 * 60_000,
    hookTimeout: 2 * 60_000,
    fileParallelism: false,
  },
});
