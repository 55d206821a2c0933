// npm test: every check, and the tests that a change needs at hand, stage by stage; npm run test:all: every test. One last line:
// "N passed, N failed". Arguments choose stages by name: "npm test -- unit e2e". Everything that a stage says is kept in
// out/test/<stage>.log.
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowserVSCode } from './workplace/browserVSCode.mjs';
import { ensureChromium } from './workplace/chromium.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { ensureHelm } from './workplace/helm.mjs';
import { ensureKubernetesTools } from './workplace/kubernetesTools.mjs';
import { root } from './workplace/run.mjs';
import { Stop, say, sayInLines, seconds } from './workplace/say.mjs';
import { ensureUsedPrograms } from './workplace/usedPrograms.mjs';
import { runBeside, runStage, sayAgain } from './workplace/stages.mjs';

const output = join(root, 'out', 'test');

/** The e2e then writes the README's pictures into media/, which it only checks otherwise. */
const updatePictures = '--update-pictures';

/** @param {string[]} path */
const tool = (...path) => join(root, 'node_modules', ...path);
const vitest = tool('vitest', 'vitest.mjs');
const typescript = tool('typescript', 'bin', 'tsc');

/** All stages, the long ones too. */
const all = '--all';

/**
 * `needs`: stages without which it cannot run. `when`: the file without which there is nothing to do. `isLong`: only where all
 * are wanted, or this one by its name.
 * @type {(import('./workplace/stages.mjs').Stage & { needs?: string[], when?: string, isLong?: boolean })[]}
 */
const stages = [
  { name: 'lint', args: [tool('eslint', 'bin', 'eslint.js'), '.'], isOfOneCore: true },
  { name: 'types', args: [typescript, '-p', '.', '--noEmit'], isOfOneCore: true },
  {
    name: 'types of the dashboard',
    args: [typescript, '-p', 'webview', '--noEmit'],
    when: 'webview/tsconfig.json',
    isOfOneCore: true,
  },
  { name: 'build', args: ['scripts/build.mjs'], isOfOneCore: true },
  { name: 'package', args: ['scripts/package.mjs'], needs: ['build'], isOfOneCore: true },
  {
    name: 'format',
    args: [tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
    isOfOneCore: true,
  },
  { name: 'unit', args: [vitest, 'run', '--project=alone', '--project=unit'], counts: true, again: true },
  {
    name: 'contract',
    args: [vitest, 'run', '--project=contract'],
    counts: true,
    again: true,
    needs: ['build'],
  },
  {
    name: 'destroy',
    args: [vitest, 'run', '--project=destroy'],
    counts: true,
    again: true,
    needs: ['build'],
    isLong: true,
  },
  { name: 'cli', args: [vitest, 'run', '--project=cli'], counts: true, again: true, needs: ['build'], isLong: true },
  {
    name: 'integration',
    args: [vitest, 'run', '-c', 'vitest.e2e.config.ts'],
    tests: ['test/integration'],
    counts: true,
    again: true,
    needs: ['package'],
  },
  {
    name: 'e2e',
    args: [vitest, 'run', '-c', 'vitest.e2e.config.ts'],
    tests: ['test/e2e'],
    counts: true,
    again: true,
    needs: ['package'],
    isLong: true,
  },
];

/**
 * Installs what stages need besides what was built. The unit tests need none of it, nor does what computes on one core.
 * @param {readonly import('./workplace/stages.mjs').Stage[]} wanted
 */
async function installFor(wanted) {
  if (wanted.some((stage) => stage.args.includes('vitest.e2e.config.ts'))) {
    await ensureBrowserVSCode();
    await ensureChromium();
    await ensureHelm();
  }
  if (wanted.some(({ name }) => ['contract', 'destroy', 'cli'].includes(name))) {
    await ensureKubernetesTools();
    await ensureUsedPrograms();
  }
}

async function testAll() {
  const chosen = process.argv.slice(2).filter((argument) => ![updatePictures, all].includes(argument));
  const isAll = process.argv.includes(all);
  if (process.argv.includes(updatePictures)) process.env.COPPICE_UPDATE_PICTURES = '1';
  const unknown = chosen.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown)
    throw new Stop(`There is no stage "${unknown}": choose from ${stages.map((stage) => stage.name).join(', ')}.`);
  const wanted = stages.filter(
    ({ name, when, isLong = false }) =>
      (chosen.length === 0 ? isAll || !isLong : chosen.includes(name)) && (!when || existsSync(join(root, when))),
  );

  const begin = Date.now();
  const install = () => installFor(wanted);
  // A person hears at once what this machine lacks; where nobody waits for that, what needs none of it goes on meanwhile.
  const installing = process.env.CI ? sayInLines(install) : install();
  if (!process.env.CI) await installing;
  installing.catch(() => undefined);
  if (chosen.length === 0) await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });

  let [passed, failed, skipped] = [0, 0, 0];
  /** @type {string[]} */
  const again = [];
  /** @type {Set<string>} */
  const broken = new Set();
  /** @param {(typeof stages)[number]} stage */
  const run = async (stage) => {
    const missing = stage.needs?.find((name) => broken.has(name));
    if (missing) {
      say(`${stage.name}… failed: it needs "${missing}"`);
      broken.add(stage.name);
      failed += 1;
      return;
    }
    const result = await runStage(stage, output);
    if (!result.ok) broken.add(stage.name);
    passed += result.passed;
    failed += result.failed;
    skipped += result.skipped;
    again.push(...result.again);
  };
  await runBeside(
    wanted.filter(({ isOfOneCore }) => isOfOneCore),
    run,
  );
  for (const stage of wanted.filter(({ isOfOneCore }) => !isOfOneCore)) {
    if (stage.name !== 'unit') await installing;
    await run(stage);
  }
  sayAgain(again);
  say(
    `\n${seconds(Date.now() - begin)}; logs and pictures are in ${relative(root, output)}${skipped ? `; ${skipped} skipped` : ''}`,
  );
  const left = stages.filter(({ isLong }) => isLong).map(({ name }) => name);
  if (chosen.length === 0 && !isAll) say(`Not among them: ${left.join(', ')}; npm run test:all runs these, too.`);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  try {
    return await testAll();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    say('0 passed, 1 failed');
    return 1;
  }
});
