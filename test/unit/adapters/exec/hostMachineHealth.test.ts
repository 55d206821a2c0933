import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HostMachineHealth } from '../../../../src/adapters/exec/hostMachineHealth';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-machine-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function health(proc?: string): HostMachineHealth {
  const node = { name: 'Node.js', call: [process.execPath, '--version'], isNeeded: true } as const;
  const none = { name: 'Nothing', call: [join(folder, 'no-such-program')], isNeeded: true } as const;
  const fails = {
    name: 'Fails',
    call: [process.execPath, '-e', 'console.error("no tools"); process.exit(3)'],
    isNeeded: true,
  } as const;
  const silent = { name: 'Silent', call: [process.execPath, '-e', ''], isNeeded: true } as const;
  const options = { userFolder: folder, env: {}, programs: async () => [node, none, fails, silent] };
  return new HostMachineHealth(proc === undefined ? options : { ...options, proc });
}

it('asks programs for their versions, and tells why one cannot be asked', async () => {
  expect(await health().programs(new AbortController().signal)).toEqual([
    { name: 'Node.js', isNeeded: true, version: process.version, trouble: undefined },
    {
      name: 'Nothing',
      isNeeded: true,
      version: undefined,
      trouble: expect.stringContaining('no-such-program') as string,
    },
    { name: 'Fails', isNeeded: true, version: undefined, trouble: 'it ends with exit code 3: no tools' },
    { name: 'Silent', isNeeded: true, version: undefined, trouble: 'it says nothing of its version' },
  ]);
});

it('knows how much is free where a folder is, or will be', async () => {
  const space = await health().space(folder);
  expect(space?.free).toBeGreaterThan(0);
  expect(space?.total).toBeGreaterThanOrEqual(space?.free ?? Number.NaN);
  expect((await health().space(join(folder, 'not', 'yet')))?.total).toBe(space?.total);
});

// Only Linux has such links to open files, and such limits.
it.runIf(process.platform === 'linux')('counts what is watched by the processes of this user', async () => {
  const limits = join(folder, 'sys', 'fs', 'inotify');
  await mkdir(limits, { recursive: true });
  await writeFile(join(limits, 'max_user_instances'), '128\n');
  await writeFile(join(limits, 'max_user_watches'), '8192\n');
  for (const pid of ['7', '8']) {
    await mkdir(join(folder, pid, 'fd'), { recursive: true });
    await mkdir(join(folder, pid, 'fdinfo'));
    await symlink('anon_inode:inotify', join(folder, pid, 'fd', '3'));
    await symlink('socket:[1]', join(folder, pid, 'fd', '4'));
    await writeFile(
      join(folder, pid, 'fdinfo', '3'),
      'pos:\t0\nflags:\t02004000\ninotify wd:1 ino:2\ninotify wd:2 ino:3\n',
    );
  }
  expect(await health(folder).watchLimits()).toEqual([
    { what: 'file watchers', used: 2, limit: 128, setting: 'fs.inotify.max_user_instances' },
    { what: 'watched files and folders', used: 4, limit: 8192, setting: 'fs.inotify.max_user_watches' },
  ]);
  expect(await health(join(folder, 'elsewhere')).watchLimits()).toEqual([]);
});

it('knows of folders that are gone in which git is to maintain a repository', async () => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_CONFIG_HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const asked = () =>
    new HostMachineHealth({ userFolder: folder, env, programs: async () => [] }).lostMaintenance(
      new AbortController().signal,
    );
  expect(await asked()).toEqual([]);
  const gone = join(folder, 'gone');
  await writeFile(join(folder, '.gitconfig'), `[maintenance]\n\trepo = ${folder}\n\trepo = ${gone}\n\trepo = ~/too\n`);
  expect(await asked()).toEqual([gone, join(folder, 'too')]);
});
