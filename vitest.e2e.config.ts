import { defineConfig } from 'vitest/config';

// The tests that drive a real VS Code with the packaged extension: one browser, one after the other.
export default defineConfig({
  test: {
    include: ['test/integration/**/*.e2e.ts', 'test/e2e/**/*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
});
