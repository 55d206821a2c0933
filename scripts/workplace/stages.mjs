// One stage of a test script: a program whose output is kept in a file, and whose tests are counted.
import { createWriteStream, existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cleanEnvironment, root, run } from './run.mjs';
import { say, seconds } from './say.mjs';

/** More failed files than these are not a matter of time. */
const mostAgain = 4;

/**
 * `counts`: a vitest run, whose tests are counted. `tests`: the files and folders that it runs; none: all of its config.
 * `again`: a few files that failed run once more, by themselves. `isOfOneCore`: it computes on one core and no other stage changes
 * what it reads, so that another one like it can run beside it.
 * @typedef {{ name: string, args: string[], tests?: string[], counts?: boolean, again?: boolean, isOfOneCore?: boolean }} Stage
 * @typedef {{ ok: boolean, passed: number, failed: number, skipped: number, again: string[] }} StageResult `again`: tests
 *   that failed beside the others and passed when their file ran again by itself
 */

/**
 * Runs stages two at a time: each when those that it needs have ended, the ones that stand first before others.
 * @template {{ name: string, needs?: string[] }} Wanted
 * @param {readonly Wanted[]} stages what one of them needs and what is not among them has ended
 * @param {(stage: Wanted) => Promise<unknown>} run
 * @returns {Promise<void>}
 */
export async function runBeside(stages, run) {
  const open = new Set(stages);
  /** @type {Map<Wanted, Promise<unknown>>} */
  const going = new Map();
  /** @param {Wanted} stage */
  const isReady = (stage) =>
    !going.has(stage) && ![...open].some((other) => other !== stage && stage.needs?.includes(other.name));
  while (open.size > 0) {
    const next = going.size < 2 ? [...open].find(isReady) : undefined;
    if (next) {
      const ended = run(next).then(() => {
        open.delete(next);
        going.delete(next);
      });
      going.set(next, ended);
    } else if (going.size > 0) await Promise.race(going.values());
    else throw new Error(`Stages that wait for each other: ${[...open].map(({ name }) => name).join(', ')}`);
  }
}

/**
 * Runs a stage and says how it ended; what it said itself is shown when it failed. Tests of real programs take time from each
 * other on a small machine: what fails beside the others and passes when its file runs again alone has passed, and is named.
 * @param {Stage} stage
 * @param {string} output folder for its log and its report
 * @param {NodeJS.ProcessEnv} [env] variables besides our own
 * @returns {Promise<StageResult>}
 */
export async function runStage(stage, output, env = {}) {
  const begin = Date.now();
  // Beside another its line is written as a whole, when it has ended.
  if (!stage.isOfOneCore) process.stdout.write(`${stage.name}… `);
  const first = await runOnce(stage, output, env, '');
  tell(stage, first, begin);
  const { files } = first;
  // What failed outside of a test, a crash or an error that nothing caught, is not undone by a test that passes.
  const isOfTests = files.length > 0 && !first.said.includes('Unhandled Errors');
  if (!stage.again || !isOfTests || files.length > mostAgain) return { ...first, again: [] };
  const beginAgain = Date.now();
  process.stdout.write(`${stage.name}, ${files.length === 1 ? 'one file' : `${files.length} files`} again… `);
  const second = await runOnce({ ...stage, tests: files.map((file) => file.name) }, output, env, '-again');
  tell(stage, second, beginAgain);
  const failedFirst = files.flatMap((file) => file.failed);
  const again = failedFirst.filter((name) => second.passedNames.includes(name));
  // One that did not run the second time has not passed.
  const left = second.ok ? failedFirst.length - again.length : 0;
  return {
    ok: second.ok && left === 0,
    passed: first.passed - files.reduce((sum, file) => sum + file.passed, 0) + second.passed,
    failed: second.failed + left,
    skipped: first.skipped,
    again,
  };
}

/**
 * @param {Stage} stage
 * @param {string} output
 * @param {NodeJS.ProcessEnv} env
 * @param {string} suffix of its files
 */
async function runOnce(stage, output, env, suffix) {
  const file = `${stage.name.replaceAll(' ', '-')}${suffix}`;
  const log = createWriteStream(join(output, `${file}.log`));
  const report = join(output, `${file}.json`);
  await rm(report, { force: true });
  const reporters = stage.counts ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const { code, output: said } = await run(process.execPath, [...stage.args, ...(stage.tests ?? []), ...reporters], {
    env: { ...cleanEnvironment(), ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    onOutput: (text) => log.write(text),
  });
  log.end();
  const counted = stage.counts
    ? await countTests(report)
    : { passed: 0, failed: 0, skipped: 0, files: [], passedNames: [] };
  return {
    ...counted,
    said,
    ok: code === 0,
    total: counted.passed + counted.failed,
    // A stage that ends badly without a failed test, a crash or a type error, is a failure itself.
    failed: code !== 0 ? Math.max(1, counted.failed) : counted.failed,
    counted: counted.failed,
  };
}

/**
 * @param {Stage} stage
 * @param {Awaited<ReturnType<typeof runOnce>>} result
 * @param {number} begin
 */
function tell(stage, { ok, passed, counted, said }, begin) {
  const words = [
    ...(stage.counts ? [`${passed} passed`] : []),
    ...(counted > 0 ? [`${counted} failed`] : ok ? [] : ['failed']),
    seconds(Date.now() - begin),
  ];
  say(`${stage.isOfOneCore ? `${stage.name}… ` : ''}${words.join(', ')}`);
  if (!ok) say(said.trimEnd().replace(/^/gm, '    '));
}

/** @param {string[]} again tests that passed only when their file ran again by itself */
export function sayAgain(again) {
  if (again.length === 0) return;
  say('\nFailed beside the others, and passed when their file ran again by itself; look into it:');
  for (const name of again) say(`  ${name}`);
}

/** @typedef {{ name: string, passed: number, failed: string[] }} FailedFile `failed`: full names, with the file's */

/** @param {string} report a file in vitest's JSON format */
async function countTests(report) {
  /** @type {FailedFile[]} */
  const files = [];
  /** @type {string[]} */
  const passedNames = [];
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0, files, passedNames };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(await readFile(report, 'utf8'));
  for (const { name, status, assertionResults } of testResults) {
    const file = relative(root, name);
    /** @param {string} wanted */
    const of = (wanted) =>
      assertionResults
        .filter((/** @type {{ status: string }} */ test) => test.status === wanted)
        .map((/** @type {{ fullName: string }} */ test) => `${file}: ${test.fullName}`);
    const passed = of('passed');
    passedNames.push(...passed, ...(status === 'passed' && passed.length > 0 ? [file] : []));
    if (status !== 'failed') continue;
    const failed = of('failed');
    // A file can fail before its first test.
    files.push({ name, passed: passed.length, failed: failed.length > 0 ? failed : [file] });
  }
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, files, passedNames };
}
