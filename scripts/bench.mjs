// npm run bench: builds and packages the product, then measures it, as test/bench/main.ts says.
// `--against <commit>` builds that commit beside it, and measures both in pairs.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundles, root } from './bundles.mjs';
import { makePackage } from './package.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { ensureHelm } from './workplace/helm.mjs';
import { orUsage } from './workplace/orUsage.mjs';
import { otherCommit } from './workplace/otherCommit.mjs';
import { cleanEnvironment, mustRun } from './workplace/run.mjs';
import { Stop, say, sayOnStderr, step } from './workplace/say.mjs';

const output = join(root, 'out', 'bench');

const usage = `npm run bench [-- options]
  --only <name>      measure that alone; can be given several times
  --quick            less of everything: to see that it works, not to know how fast
  --json             print JSON
  --against <commit> measure that commit, too, in pairs`;

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  const { values } = orUsage(usage, () =>
    parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        against: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  await bundleBenches();
  const names = await benchNames();
  if (values.help)
    return void say(`${usage}\nNames: ${names.own.join(', ')}; with --against: ${names.against.join(', ')}`);
  const known = values.against === undefined ? names.own : names.against;
  const unknown = values.only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Stop(`There is no bench "${unknown}": choose from ${known.join(', ')}.`);
  sayOnStderr();
  await ensureHelm();
  await step('Building the product and its package', async () => {
    await mustRun(process.execPath, ['scripts/build.mjs'], { orElse: 'The product cannot be built' });
    await makePackage({ isTight: true });
  });
  if (values.against === undefined) return measure([]);
  const other = await otherCommit(values.against);
  try {
    return await measure(['--against-folder', other.folder, '--against-name', other.name]);
  } finally {
    other.remove();
  }
});

async function bundleBenches() {
  const esbuild = await import('esbuild');
  await esbuild.build({
    ...bundles.product,
    entryPoints: {
      main: 'test/bench/main.ts',
      benches: 'test/bench/benches.ts',
      againstBenches: 'test/bench/against/againstBenches.ts',
      loadOnce: 'test/bench/loadOnce.ts',
      vscode: 'test/bench/vscode.ts',
    },
    outdir: output,
    // Each finds what lies beside it.
    splitting: false,
    external: ['vscode', 'pg-native', 'esbuild', 'playwright-core', './scripts/*'],
  });
}

/** @returns {Promise<{ own: string[], against: string[] }>} */
async function benchNames() {
  /** @param {string} file */
  const load = (file) => import(pathToFileURL(join(output, file)).href);
  /** @type {[{ benches: readonly { name: string }[] }, { againstBenches: (other: object) => readonly { name: string }[] }]} */
  const [{ benches }, { againstBenches }] = await Promise.all([load('benches.js'), load('againstBenches.js')]);
  const named = (/** @type {readonly { name: string }[]} */ all) => all.map(({ name }) => name);
  return { own: named(benches), against: named(againstBenches({ root: '', name: '' })) };
}

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
