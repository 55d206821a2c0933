import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freeMemory } from '../../../../packages/host/src/freeMemory';

const MB = 2 ** 20;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-memory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function machine(files: Readonly<Record<string, string>>): ReturnType<typeof freeMemory> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return freeMemory({ platform: 'linux', proc: join(folder, 'proc'), cgroups: join(folder, 'cgroup') });
}

const meminfo = `MemTotal:       ${8192 * 1024} kB\nMemFree:          ${100 * 1024} kB\nMemAvailable:    ${3000 * 1024} kB\n`;

it('is what Linux calls available, which is more than what is free', async () => {
  expect(await machine({ 'proc/meminfo': meminfo })).toEqual({ free: 3000 * MB, total: 8192 * MB });
});

it('is no more than what a control group leaves, of those that this process is in', async () => {
  const group = (name: string, most: string, used: number, cached: number): Record<string, string> => ({
    [`cgroup/${name}/memory.max`]: `${most}\n`,
    [`cgroup/${name}/memory.current`]: `${used * MB}\n`,
    [`cgroup/${name}/memory.stat`]: `anon ${used * MB}\ninactive_file ${cached * MB}\n`,
  });
  const files = {
    'proc/meminfo': meminfo,
    'proc/self/cgroup': '12:cpu:/x\n0::/user/own\n',
    ...group('user/own', 'max', 100, 0),
    ...group('user', String(1024 * MB), 900, 300),
    ...group('other', String(MB), 1, 0),
  };
  expect(await machine(files)).toEqual({ free: 424 * MB, total: 1024 * MB });
  await writeFile(join(folder, 'cgroup/user/own/memory.high'), `${200 * MB}\n`);
  expect(await machine({})).toEqual({ free: 100 * MB, total: 200 * MB });
});

it('counts half of what a group holds of files and of the kernel that is in use, as the kernel does for a machine', async () => {
  const files = {
    'proc/meminfo': meminfo,
    'proc/self/cgroup': '0::/\n',
    'cgroup/memory.max': `${2048 * MB}\n`,
    'cgroup/memory.current': `${2000 * MB}\n`,
    'cgroup/memory.stat': `active_file ${800 * MB}\ninactive_file ${100 * MB}\nslab_reclaimable ${200 * MB}\n`,
  };
  expect(await machine(files)).toEqual({ free: 648 * MB, total: 2048 * MB });
});

it('is of the root group where that is all that a container shows', async () => {
  const files = {
    'proc/meminfo': meminfo,
    'proc/self/cgroup': '0::/\n',
    'cgroup/memory.max': `${512 * MB}\n`,
    'cgroup/memory.current': `${600 * MB}\n`,
  };
  expect(await machine(files)).toEqual({ free: 0, total: 512 * MB });
});

it('asks macOS for its level of pressure', async () => {
  const asked: string[] = [];
  const sysctl = async (names: readonly string[]) => (asked.push(...names), `${16384 * MB}\n25\n`);
  expect(await freeMemory({ platform: 'darwin', sysctl })).toEqual({ free: 4096 * MB, total: 16384 * MB });
  expect(asked).toEqual(['hw.memsize', 'kern.memorystatus_level']);
});

it('is unknown where the system does not tell', async () => {
  expect(await machine({})).toBeUndefined();
  expect(await machine({ 'proc/meminfo': 'MemTotal: 1 kB\n' })).toBeUndefined();
  expect(await freeMemory({ platform: 'darwin', sysctl: async () => Promise.reject(new Error('no')) })).toBeUndefined();
  expect(await freeMemory({ platform: 'darwin', sysctl: async () => '1\n' })).toBeUndefined();
  expect(await freeMemory({ platform: 'freebsd' })).toBeUndefined();
});

it('is known of this machine', async () => {
  const memory = await freeMemory();
  expect(memory?.free).toBeGreaterThan(0);
  expect(memory?.total).toBeGreaterThanOrEqual(memory?.free ?? Number.NaN);
});
