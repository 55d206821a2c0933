import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadVisits, VisitArchive } from '../../../../../packages/cluster/src/state/visitArchive';

let folder: string;
let file: string;
let used: Record<string, number>;
let isAnyOpen = false;
const messages: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-visits-'));
  file = join(folder, 'visits.json');
  used = {};
  isAnyOpen = false;
  messages.length = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

const source = { times: () => new Map(Object.entries(used)), isAnyOpen: () => isAnyOpen };
const open = (at = file) => new VisitArchive(at, source, (line) => messages.push(line));
const saved = async () => Object.fromEntries(await loadVisits(file));
const minute = 60_000;

it('saves a minute after the first of many changes, once for all of them, and nothing while nothing changes', async () => {
  const archive = open();
  used = { one: 1000 };
  for (let each = 0; each < 100; each++) archive.changed();
  await vi.advanceTimersByTimeAsync(minute - 1);
  expect(vi.getTimerCount()).toBe(1);
  expect(await saved()).toEqual({});
  used = { one: 2000, two: 3000 };
  archive.changed();
  await vi.advanceTimersByTimeAsync(1);
  await vi.waitFor(async () => expect(await saved()).toEqual({ one: 2000, two: 3000 }));
  expect((await stat(file)).mode & 0o077).toBe(0);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
});

it('saves now and then what somebody goes on using, whom nothing tells of', async () => {
  isAnyOpen = true;
  const archive = open();
  archive.changed();
  await vi.advanceTimersByTimeAsync(minute);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  used = { one: 5000 };
  await vi.advanceTimersByTimeAsync(15 * minute);
  await vi.waitFor(async () => expect(await saved()).toEqual({ one: 5000 }));
  await archive.close();
});

it('saves at the end what is not saved yet, and leaves the file alone where all is', async () => {
  const archive = open();
  used = { one: 1000 };
  archive.changed();
  await archive.close();
  expect(await saved()).toEqual({ one: 1000 });
  const before = await stat(file);
  await open().close();
  expect((await stat(file)).ino).toBe(before.ino);
  expect(vi.getTimerCount()).toBe(0);
});

it('tries again what could not be saved, and says so', async () => {
  const archive = open(join(folder, 'none', 'visits.json'));
  archive.changed();
  await vi.advanceTimersByTimeAsync(minute);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  expect(messages).toEqual([expect.stringMatching(/^cannot save when environments were used: .*ENOENT/)]);
  await archive.close();
});

it('has nothing of a file that somebody broke, and of one that says no times', async () => {
  for (const text of ['{"version":1', '{"version":1,"lastUsed":{"one":7}}', '[]']) {
    await writeFile(file, text);
    expect(await saved()).toEqual({});
    expect(await readFile(file, 'utf8')).toBe(text);
  }
  await writeFile(file, '{"version":1,"lastUsed":{"one":"yesterday","two":"1970-01-01T00:00:01.000Z"}}');
  expect(await saved()).toEqual({ two: 1000 });
});
