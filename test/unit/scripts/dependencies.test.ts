import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInstalled } from '../../../scripts/workplace/dependencies.mjs';
import { lastLine } from '../../../scripts/workplace/run.mjs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-dependencies-'));
  await mkdir(join(folder, 'node_modules'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(wanted: object, present?: object): Promise<void> {
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (present) {
    await writeFile(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: present }));
  }
}

test.each([
  ['what the lockfile names is there', { 'node_modules/a': { version: '1.0.0' } }, true],
  ['nothing was installed', undefined, false],
  ['a package is missing', {}, false],
  ['a package has another version', { 'node_modules/a': { version: '1.0.1' } }, false],
])('%s', async (_, present, expected) => {
  await write({ '': { version: '0.1.0' }, 'node_modules/a': { version: '1.0.0' } }, present);
  expect(await isInstalled(folder)).toBe(expected);
});

test('a package for another system may be absent, an old one of it may not stay', async () => {
  await write({ 'node_modules/a': { version: '1.0.0', optional: true } }, {});
  expect(await isInstalled(folder)).toBe(true);
  await write({ 'node_modules/a': { version: '1.0.0', optional: true } }, { 'node_modules/a': { version: '0.9.0' } });
  expect(await isInstalled(folder)).toBe(false);
});

test("this repository's own packages are links that must lead somewhere", async () => {
  const wanted = { 'packages/a': {}, 'node_modules/@own/a': { resolved: 'packages/a', link: true } };
  await write(wanted, {});
  expect(await isInstalled(folder)).toBe(false);
  await mkdir(join(folder, 'node_modules', '@own', 'a'), { recursive: true });
  expect(await isInstalled(folder)).toBe(true);
});

test("the one line of npm's many is the one that says what went wrong", () => {
  const output = [
    'npm error code ENOTFOUND',
    'npm error syscall getaddrinfo',
    'npm error errno ENOTFOUND',
    'npm error network request to https://registry.example/a failed, reason: getaddrinfo ENOTFOUND registry.example',
    'npm error A complete log of this run can be found in: /root/.npm/_logs/2026-debug-0.log',
  ].join('\n');
  expect(lastLine(output)).toMatch(/^npm error network request to/);
  expect(lastLine('first\nsecond\n\n')).toBe('second');
});
