import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostLauncher } from '../../../src/adapters/exec/hostLauncher';

const run = promisify(execFile);

// The text of a batch file is tested where it is made; only Windows itself could run it.
describe.skipIf(process.platform === 'win32')('the program coppice of terminals', () => {
  let home: string;
  let bin: string;
  let file: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "coppice o'launcher "));
    bin = join(home, '.local', 'bin');
    file = join(bin, 'coppice');
    await extension('0.1.0');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const root = (version: string): string => join(home, 'extensions', `coppice.coppice-${version}`);

  /** A version of the extension, whose script tells what it is given. */
  async function extension(version: string): Promise<void> {
    await mkdir(join(root(version), 'dist'), { recursive: true });
    const tells = `console.log(JSON.stringify([${JSON.stringify(version)}, process.argv.slice(2), process.env.ELECTRON_RUN_AS_NODE ?? null])); process.exitCode = 7;`;
    await writeFile(join(root(version), 'dist', 'cli.js'), tells);
  }

  function launcher(version = '0.1.0', isElectron = false, path = '/usr/bin:/bin'): HostLauncher {
    const env = { HOME: home, PATH: path, SHELL: '/bin/bash' };
    return new HostLauncher({ root: root(version), execPath: process.execPath, isElectron, env });
  }

  async function answer(...argv: string[]): Promise<unknown> {
    const error: unknown = await run(file, argv, { env: { PATH: '/usr/bin:/bin' } }).catch((reason: unknown) => reason);
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return code === 7 ? JSON.parse(stdout) : { code, stderr };
  }

  test("starts the extension's script with the arguments as they are, and hands on how it ends", async () => {
    expect(await launcher().look()).toMatchObject({ file, is: 'absent' });
    expect(await launcher().install()).toMatchObject({ is: 'ours' });
    expect(await answer('list', "it's", '$HOME "x"', '')).toEqual(['0.1.0', ['list', "it's", '$HOME "x"', ''], null]);
    await launcher('0.1.0', true).install();
    expect(await answer()).toEqual(['0.1.0', [], '1']);
    expect(await readdir(bin)).toEqual(['coppice']);
  });

  test('says what is to be added where its folder is not on PATH', async () => {
    expect((await launcher().look()).toAdd?.where).toBe('to ~/.bashrc');
    expect((await launcher('0.1.0', false, `/usr/bin:${bin}`).look()).toAdd).toBeUndefined();
  });

  test('survives an update of the extension, before and after that has started', async () => {
    await launcher().install();
    await extension('0.2.0');
    await rm(root('0.1.0'), { recursive: true });
    expect(await answer()).toEqual(['0.2.0', [], null]);
    const before = await readFile(file, 'utf8');
    expect(await launcher('0.2.0').refresh()).toBe(true);
    expect(await readFile(file, 'utf8')).not.toBe(before);
    expect(await launcher('0.2.0').refresh()).toBe(false);
    await rename(root('0.2.0'), join(home, 'gone'));
    expect(await answer()).toEqual({ code: 4, stderr: expect.stringContaining('Open VS Code') });
  });

  test('starts the newest version that is there, and not the last of the alphabet', async () => {
    await launcher().install();
    await rm(root('0.1.0'), { recursive: true });
    for (const version of ['0.9.12', '0.10.2', '0.10.10-linux-x64', '0.10.9', '0.08']) await extension(version);
    await extension('9.9.9.9');
    await mkdir(root('99.0.0'));
    expect(await answer()).toEqual(['0.10.10-linux-x64', [], null]);
    await extension('1.0.0');
    expect(await answer()).toEqual(['1.0.0', [], null]);
  });

  test('is not made by a start of the extension', async () => {
    expect(await launcher().refresh()).toBe(false);
    expect((await launcher().look()).is).toBe('absent');
  });

  test('leaves what another made as it is, in its place and anywhere on PATH', async () => {
    const other = '#!/bin/sh\necho another\n';
    await mkdir(bin, { recursive: true });
    await writeFile(file, other, { mode: 0o755 });
    await expect(launcher().install()).rejects.toMatchObject({ code: 'conflict' });
    await expect(launcher().remove()).rejects.toMatchObject({ code: 'conflict' });
    expect(await launcher().refresh()).toBe(false);
    expect(await readFile(file, 'utf8')).toBe(other);
    const elsewhere = join(home, 'elsewhere');
    await mkdir(elsewhere);
    await rename(file, join(elsewhere, 'coppice'));
    await chmod(join(elsewhere, 'coppice'), 0o755);
    await expect(launcher('0.1.0', false, elsewhere).install()).rejects.toThrow(join(elsewhere, 'coppice'));
    expect(await readdir(bin)).toEqual([]);
  });

  test('is removed, once', async () => {
    await launcher().install();
    await launcher().remove();
    await launcher().remove();
    expect(await readdir(bin)).toEqual([]);
  });
});
