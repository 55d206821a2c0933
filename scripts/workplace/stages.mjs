// One stage of a test script: a program whose output is kept in a file, and whose tests are counted.
import { createWriteStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanEnvironment, run } from './run.mjs';
import { say, seconds } from './say.mjs';

/**
 * `counts`: a vitest run, whose tests are counted.
 * @typedef {{ name: string, args: string[], counts?: boolean }} Stage
 * @typedef {{ ok: boolean, passed: number, failed: number, skipped: number }} StageResult
 */

/**
 * Runs a stage and says how it ended; what it said itself is shown when it failed.
 * @param {Stage} stage
 * @param {string} output folder for its log and its report
 * @param {NodeJS.ProcessEnv} [env] variables besides our own
 * @returns {Promise<StageResult>}
 */
export async function runStage(stage, output, env = {}) {
  const begin = Date.now();
  const file = stage.name.replaceAll(' ', '-');
  const log = createWriteStream(join(output, `${file}.log`));
  const report = join(output, `${file}.json`);
  const reporters = stage.counts ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  process.stdout.write(`${stage.name}… `);
  const { code, output: said } = await run(process.execPath, [...stage.args, ...reporters], {
    env: { ...cleanEnvironment(), ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    onOutput: (text) => log.write(text),
  });
  log.end();
  const counted = stage.counts ? await countTests(report) : { passed: 0, failed: 0, skipped: 0 };
  // A stage that ends badly without a failed test, a crash or a type error, is a failure itself.
  const failed = code !== 0 ? Math.max(1, counted.failed) : counted.failed;
  const words = [
    ...(stage.counts ? [`${counted.passed} passed`] : []),
    ...(counted.failed > 0 ? [`${counted.failed} failed`] : code !== 0 ? ['failed'] : []),
    seconds(Date.now() - begin),
  ];
  say(words.join(', '));
  if (code !== 0) say(said.trimEnd().replace(/^/gm, '    '));
  return { ok: code === 0, passed: counted.passed, failed, skipped: counted.skipped };
}

/** @param {string} report a file in vitest's JSON format */
async function countTests(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(await readFile(report, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
}
