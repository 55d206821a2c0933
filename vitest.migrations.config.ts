import { defineConfig } from 'vitest/config';

// Tools that migrate, as their registries have them: scripts/testMigrations.mjs says which ones.
export default defineConfig({
  test: {
    include: ['test/migrations/**/*.test.ts'],
    testTimeout: 5 * 60_000,
    hookTimeout: 10 * 60_000,
    fileParallelism: false,
  },
});
