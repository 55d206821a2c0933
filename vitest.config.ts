import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Only an editor has this module.
  resolve: { alias: { vscode: fileURLToPath(new URL('test/support/vscodeStub.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/vscode/**',
      'test/e2e/**',
      'test/cluster/**',
      'test/adopt/**',
      'test/migrations/**',
      'test/infra/**',
      'test/uses/**',
      '**/node_modules/**',
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores, and the contract tests start real servers: more files at once only makes each of them slower.
    maxWorkers: 2,
    // Its published files import each other without extensions, which only a bundler resolves.
    server: { deps: { inline: ['@ngrok/webernetes'] } },
  },
});
