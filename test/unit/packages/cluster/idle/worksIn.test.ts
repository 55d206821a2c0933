import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { worksIn } from '../../../../../packages/cluster/src/idle/worksIn';
import { RunMarks } from '../../../../../packages/cluster/src/process/runMarks';
import type { SeenProcess } from '../../../../../packages/cluster/src/process/seenProcess';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-works-')));
  await mkdir(join(folder, 'a', 'deep'), { recursive: true });
  await mkdir(join(folder, 'ab'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it.runIf(process.platform === 'linux')('is whoever is in the folder and is no service of ours', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("on")'], {
    cwd: join(folder, 'a', 'deep'),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const run = new RunMarks('ours').take();
  const seen = (change: Partial<SeenProcess>): SeenProcess => ({
    ...{ pid: child.pid ?? 0, parent: 1, group: 1, session: 1, hasTerminal: false, start: '1', run },
    ...change,
  });
  const look = (path: string, mark: string, ...all: SeenProcess[]) => worksIn(path, mark, async () => all);
  try {
    expect(await look(join(folder, 'a'), 'ours')).toBe(true);
    expect(await look(folder, 'ours', seen({ run: undefined }))).toBe(true);
    expect(await look(join(folder, 'a'), 'ours', seen({}))).toBe(false);
    // Of another cluster; and somebody who sits in a pod.
    expect(await look(join(folder, 'a'), 'theirs', seen({}))).toBe(true);
    expect(await look(join(folder, 'a'), 'ours', seen({ hasTerminal: true }))).toBe(true);
    expect(await look(join(folder, 'ab'), 'ours')).toBe(false);
  } finally {
    child.stdin.end();
    child.kill('SIGKILL');
    await ended;
  }
  expect(await look(folder, 'ours')).toBe(false);
});

it.skipIf(process.platform === 'linux')('cannot be told elsewhere', async () => {
  expect(await worksIn(folder, 'ours', async () => [])).toBeUndefined();
});
