import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, platform, release, version as systemVersion } from 'node:os';
import { join, relative, sep } from 'node:path';
import { afterAll, expect, type RunnerTask, type RunnerTestSuite } from 'vitest';
import type { Adopted, Verified } from '../../scripts/verified.mjs';

/** What docs/verified.md says of a row besides its numbers. */
export interface HowVerified {
  /** How this machine came by the tool: what got it says so, where that is a script of ours. */
  readonly obtained: string | (() => Promise<string>);
  /** What the tests ask of it, in a few words. */
  readonly asked: string;
  /** Of a project that nobody here wrote: what was done with it. */
  readonly adopted?: () => Adopted;
}

const root = join(import.meta.dirname, '..', '..');

/**
 * Says that the tests of this file, or of this `describe`, run against a real tool: no fake, no stand-in. Once all of them have
 * passed, that is written down in out/verified, from where `npm run verified` takes it into docs/verified.md. Nothing is written
 * when one has failed, or when all were skipped.
 *
 * @param tool its name, as people call it
 * @param versions what the tool itself says, asked after the tests: call this after the `afterAll` that ends a server
 */
export function verifies(
  tool: string,
  versions: () => string | Promise<string | readonly string[]>,
  { obtained, asked, adopted }: HowVerified,
): void {
  afterAll(async ({}, suite) => {
    const states = statesOf(suite);
    const tests = states.filter((state) => state === 'pass').length;
    if (tests === 0 || states.includes('fail')) return;
    const how = { obtained: typeof obtained === 'string' ? obtained : await obtained(), asked };
    for (const version of [await versions()].flat())
      record({ tool, version, ...how, tests, ...(adopted === undefined ? {} : { adopted: adopted() }) });
  });
}

/** Of all tests in it, and of the groups themselves: one whose `beforeAll` failed has no failed test. */
function statesOf(suite: RunnerTestSuite): readonly (string | undefined)[] {
  const own = suite.tasks.flatMap((task: RunnerTask) =>
    task.type === 'suite' ? statesOf(task) : [task.result?.state ?? task.mode],
  );
  return suite.result?.state === 'fail' ? [...own, 'fail'] : own;
}

function record(of: Omit<Verified, 'system' | 'suite' | 'date'>): void {
  const path = expect.getState().testPath;
  if (path === undefined) throw new Error('This is called by a test file only.');
  const suite = relative(root, path).split(sep).join('/');
  const entry: Verified = { ...of, system: system(), suite, date: new Date().toISOString().slice(0, 10) };
  const folder = join(root, 'out', 'verified');
  const name = [entry.tool, entry.version, entry.suite].join(' ').replace(/[^A-Za-z0-9.]+/g, '-');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(entry)}\n`);
}

function system(): string {
  const names: Partial<Record<NodeJS.Platform, () => string>> = {
    linux: () => /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux',
    darwin: () => `macOS (Darwin ${release()})`,
    win32: () => systemVersion(),
  };
  return `${names[platform()]?.() ?? platform()}, ${arch()}`;
}
