import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const under = (folder: string): string => `test/${folder}/**/*.test.ts`;

/** They start no program and change nothing that others see: test/support/leavesNothing.ts and test/lint.test.ts hold that. */
const alone = ['core', 'app', 'manifest'].map((folder) => under(`unit/${folder}`));
const contract = under('contract');
const blackBox = under('contract/cli');
const destroyMatrix = under('contract/destroy');

/** What starts real programs waits for states, and on a machine with other things to do for longer: a limit is for what hangs. */
const ofPrograms = { testTimeout: 60_000, hookTimeout: 120_000 };

const elsewhere = ['vscode', 'e2e', 'cluster', 'adopt', 'migrations', 'infra', 'uses'].map(under);

/** What one stage of scripts/test.mjs runs, or a part of it. */
function project(name: string, include: string[], exclude: string[], more = {}) {
  return { extends: true as const, test: { name, include, exclude: ['**/node_modules/**', ...exclude], ...more } };
}

export default defineConfig({
  // Only an editor has this module.
  resolve: { alias: { vscode: fileURLToPath(new URL('test/support/vscodeStub.ts', import.meta.url)) } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores, and the contract tests start real servers: more files at once only makes each of them slower.
    maxWorkers: 2,
    // Its published files import each other without extensions, which only a bundler resolves.
    server: { deps: { inline: ['@ngrok/webernetes'] } },
    projects: [
      // In a process of its own each of these files takes more of a core for its imports than for its tests.
      project('alone', alone, [], { isolate: false, setupFiles: ['test/support/leavesNothing.ts'] }),
      project('unit', [under('.')], [...alone, contract, ...elsewhere]),
      project('contract', [contract], [blackBox, destroyMatrix], ofPrograms),
      project('destroy', [destroyMatrix], [], ofPrograms),
      project('cli', [blackBox], [], ofPrograms),
    ],
  },
});
