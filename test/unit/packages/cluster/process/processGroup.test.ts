import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessGroup, StartFailure } from '../../../../../packages/cluster/src/process/processGroup';
import { isAlive, until } from '../../../../support/until';

let folder: string;
const started: ProcessGroup[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-group-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((group) => group.stop('SIGKILL', 0)));
  await rm(folder, { recursive: true, force: true });
});

async function start(program: string, args: readonly string[] = []): Promise<ProcessGroup> {
  const env = { PATH: process.env['PATH'] ?? '', GREETING: 'hello' };
  const group = await ProcessGroup.start({
    command: process.execPath,
    args: ['-e', program, '--', ...args],
    folder,
    env,
  });
  started.push(group);
  return group;
}

const firstLine = (group: ProcessGroup): Promise<string> =>
  new Promise((resolve) => createInterface({ input: group.stdout }).once('line', resolve));

it('runs a program in a folder with an environment, and no shell reads its arguments', async () => {
  const group = await start(
    'console.log(process.cwd(), process.env.GREETING, Object.keys(process.env).length, process.argv[1])',
    ['$(id); `id` && x | y > z'],
  );
  expect(await text(group.stdout)).toBe(`${folder} hello 2 $(id); \`id\` && x | y > z\n`);
  expect(await group.exited).toBe(0);
  expect(group.alive).toBe(false);
});

it.each([
  ['process.exit(7)', 7],
  ['process.kill(process.pid, "SIGTERM")', 143],
  ['process.kill(process.pid, "SIGKILL")', 137],
])('tells how "%s" ended: %i', async (program, code) => {
  expect(await (await start(program)).exited).toBe(code);
});

describe('what cannot start', () => {
  const options = { args: [], env: { PATH: process.env['PATH'] ?? '' } };

  it('tells which program is missing', async () => {
    const failing = ProcessGroup.start({ ...options, command: 'no-such-program', folder });
    await expect(failing).rejects.toThrow(
      new StartFailure('exec: "no-such-program": executable file not found in $PATH'),
    );
  });

  it('tells that a file is no program', async () => {
    await writeFile(join(folder, 'plain'), 'text');
    await chmod(join(folder, 'plain'), 0o644);
    const failing = ProcessGroup.start({ ...options, command: join(folder, 'plain'), folder });
    await expect(failing).rejects.toThrow('permission denied');
  });

  it('tells that the folder is missing, instead of the program', async () => {
    const failing = ProcessGroup.start({ ...options, command: 'node', folder: join(folder, 'none') });
    await expect(failing).rejects.toThrow(/^chdir to cwd \(".*none"\): no such file or directory$/);
  });

  it('tells that an argument cannot be passed on', async () => {
    const failing = ProcessGroup.start({ ...options, command: 'node', args: ['a\0b'], folder });
    await expect(failing).rejects.toThrow(StartFailure);
  });
});

describe('stopping', () => {
  const withChild = (own: string): string => `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => { console.log(child.pid); ${own} });`;

  it('asks first, and forces when the time is over', async () => {
    const group = await start(
      'process.on("SIGTERM", () => console.log("asked")); console.log("up"); setInterval(() => {}, 1000)',
    );
    await firstLine(group);
    const before = performance.now();
    await group.stop('SIGTERM', 300);
    expect(performance.now() - before).toBeGreaterThanOrEqual(290);
    expect(await group.exited).toBe(137);
  });

  it('ends at once what ends by itself', async () => {
    const group = await start('console.log("up"); setInterval(() => {}, 1000)');
    await firstLine(group);
    await group.stop('SIGTERM', 60_000);
    expect(await group.exited).toBe(143);
    await group.stop('SIGTERM', 60_000);
  });

  it('ends the children too, also those that do not want to', async () => {
    const group = await start(withChild(''));
    const child = Number(await firstLine(group));
    expect(isAlive(child)).toBe(true);
    await group.stop('SIGTERM', 60_000);
    await until(() => !isAlive(child));
  });

  it('leaves no child when the first process ends by itself', async () => {
    const group = await start(withChild('process.exit(0)'));
    const child = Number(await firstLine(group));
    expect(await group.exited).toBe(0);
    await until(() => !isAlive(child));
  });
});

describe.skipIf(process.platform === 'win32')('a program that a launcher becomes', () => {
  const run = (command: string) =>
    ProcessGroup.start({ command, args: [], folder, env: { PATH: '/usr/bin:/bin' }, launcher: ['/usr/bin/env'] });

  it('may be a script whose interpreter lies in a folder with other letters', async () => {
    const place = join(folder, 'Übungen-環境');
    await mkdir(place);
    await symlink('/bin/sh', join(place, 'python'));
    await writeFile(join(folder, 'run'), `#!${place}/python\necho fine\n`, { mode: 0o755 });
    const group = await run('./run');
    expect(await text(group.stdout)).toBe('fine\n');
  });

  it.runIf(process.platform === 'linux')('may be one that nobody may read', async () => {
    await chmod(folder, 0o755);
    await copyFile('/bin/sh', join(folder, 'closed'));
    await chmod(join(folder, 'closed'), 0o111);
    // Where the tests are root's, who may read all.
    const isRoots = process.getuid?.() === 0;
    try {
      if (isRoots) process.seteuid?.(65_534);
      expect(await (await run('./closed')).exited).toBe(0);
    } finally {
      if (isRoots) process.seteuid?.(0);
    }
  });
});
