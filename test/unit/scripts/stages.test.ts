import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { root } from '../../../scripts/workplace/run.mjs';
import { runBeside, runStage } from '../../../scripts/workplace/stages.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-stages-'));
  await writeFile(join(folder, 'vitest.config.mjs'), 'export default { test: { globals: true, maxWorkers: 1 } };');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A stage that runs these files with the real vitest. */
async function stage(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.test.js`), text);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  return runStage({ name: 'some', args: [vitest, 'run', '--root', folder], counts: true, again: true }, folder);
}

const passes = `test('passes', () => undefined);`;
const fails = `test('fails', () => expect(1).toBe(2));`;
/** Fails the first time that it runs in this folder. */
const failsOnce = `
  import { existsSync, writeFileSync } from 'node:fs';
  test('passes in time', () => {
    const isAgain = existsSync(new URL('ran', import.meta.url));
    writeFileSync(new URL('ran', import.meta.url), '');
    expect(isAgain).toBe(true);
  });
  test('passes always', () => undefined);`;

it('names what passed only when its file ran again by itself', { timeout: 60_000 }, async () => {
  const result = await stage({ passes, failsOnce });
  expect(result).toMatchObject({ ok: true, passed: 3, failed: 0 });
  expect(result.again).toEqual([expect.stringMatching(/failsOnce\.test\.js: passes in time$/)]);
});

it('has failed where a test fails both times, and names the one that did not', { timeout: 60_000 }, async () => {
  const result = await stage({ passes, fails, failsOnce });
  expect(result).toMatchObject({ ok: false, passed: 3, failed: 1 });
  expect(result.again).toEqual([expect.stringMatching(/passes in time$/)]);
});

it('has failed where a test that failed does not run the second time', { timeout: 60_000 }, async () => {
  const skipsLater = failsOnce
    .replace('expect(isAgain).toBe(true)', 'if (isAgain) context.skip(); expect(1).toBe(2)')
    .replace('() => {', '(context) => {');
  expect(await stage({ passes, skipsLater })).toMatchObject({ ok: false, passed: 2, failed: 1, again: [] });
});

it('names a file that failed before its first test, and ran again', { timeout: 60_000 }, async () => {
  const startsLate = failsOnce.replace("test('passes in time', () => {", 'beforeAll(() => {');
  const result = await stage({ passes, startsLate });
  expect(result).toMatchObject({ ok: true, failed: 0, passed: 2 });
  expect(result.again).toEqual([expect.stringMatching(/startsLate\.test\.js/)]);
});

it('runs nothing again for an error that no test caught', { timeout: 60_000 }, async () => {
  const uncaught = `test('leaves it', () => void Promise.reject(new Error('nobody catches it')));`;
  const result = await stage({ failsOnce, uncaught });
  expect(result).toMatchObject({ ok: false, again: [] });
  expect(result.failed).toBeGreaterThan(0);
});

it('runs nothing again where many files fail', { timeout: 60_000 }, async () => {
  const result = await stage({ failsOnce, a: fails, b: fails, c: fails, d: fails });
  expect(result).toMatchObject({ ok: false, passed: 1, failed: 5, again: [] });
});

describe('stages beside each other', () => {
  /** Each is told when it begins, and ends when the test says so. */
  function besides(stages: readonly { name: string; needs?: string[] }[]) {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const all = runBeside(stages, ({ name }) => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { begun, all, end };
  }

  it('are two at a time, in their order', async () => {
    const { begun, all, end } = besides(['a', 'b', 'c', 'd'].map((name) => ({ name })));
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('c');
    await end('a');
    await end('d');
    await all;
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('begin when what they need has ended, and others go first until then', async () => {
    const { begun, all, end } = besides([
      { name: 'build' },
      { name: 'package', needs: ['build'] },
      { name: 'format' },
      { name: 'lint', needs: ['types'] },
    ]);
    expect(begun).toEqual(['build', 'format']);
    await end('format');
    expect(begun).toEqual(['build', 'format', 'lint']);
    await end('build');
    expect(begun.at(-1)).toBe('package');
    await end('lint');
    await end('package');
    await all;
  });

  it('that wait for each other are told', async () => {
    const { all } = besides([
      { name: 'a', needs: ['b'] },
      { name: 'b', needs: ['a'] },
    ]);
    await expect(all).rejects.toThrow('Stages that wait for each other: a, b');
  });
});
