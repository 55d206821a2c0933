// npm run bench: builds and packages the product, then measures it. `--only <name>`, `--quick`, `--json`: see test/bench/main.ts.
// `--against <commit>` builds that commit beside it, and measures both in pairs.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundles, root } from './bundles.mjs';
import { makePackage } from './package.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { ensureHelm } from './workplace/helm.mjs';
import { otherCommit } from './workplace/otherCommit.mjs';
import { cleanEnvironment, mustRun } from './workplace/run.mjs';
import { sayOnStderr, step } from './workplace/say.mjs';

const output = join(root, 'out', 'bench');

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  sayOnStderr();
  await ensureHelm();
  await step('Building the product and its package', async () => {
    await mustRun(process.execPath, ['scripts/build.mjs'], { orElse: 'The product cannot be built' });
    await makePackage({ isTight: true });
    const esbuild = await import('esbuild');
    await esbuild.build({
      ...bundles.product,
      entryPoints: {
        main: 'test/bench/main.ts',
        loadOnce: 'test/bench/loadOnce.ts',
        vscode: 'test/bench/vscode.ts',
      },
      outdir: output,
      // Each finds what lies beside it.
      splitting: false,
      external: ['vscode', 'pg-native', 'esbuild', 'playwright-core', './scripts/*'],
    });
  });
  // What else is given is checked where it is used.
  const { against } = parseArgs({ options: { against: { type: 'string' } }, strict: false }).values;
  if (typeof against !== 'string') return measure([]);
  const other = await otherCommit(against);
  try {
    return await measure(['--against-folder', other.folder, '--against-name', other.name]);
  } finally {
    other.remove();
  }
});

/**
 * @param {readonly string[]} more
 * @returns {Promise<number>} the exit code
 */
function measure(more) {
  const child = spawn(process.execPath, [join(output, 'main.js'), ...process.argv.slice(2), ...more], {
    cwd: root,
    env: cleanEnvironment(),
    stdio: 'inherit',
  });
  // The child ends what it has started; this process only waits for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
