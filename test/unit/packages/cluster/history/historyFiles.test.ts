import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HistoryFiles } from '../../../../../packages/cluster/src/history/historyFiles';
import { markLine, sampleLine } from '../../../../../packages/cluster/src/history/historyLines';

const hour = 60 * 60_000;
const start = 1_000 * hour;
const owner = { namespace: 'shop', uid: '11111111-aaaa' };
const other = { namespace: 'shop', uid: '22222222-bbbb' };
let folder: string;
const messages: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-history-'));
  messages.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (mostBytes?: number) => new HistoryFiles(folder, (line) => messages.push(line), mostBytes);
const sample = (at: number) => ({
  at,
  seconds: 15,
  services: [
    {
      ...{ name: 'web', cpuCores: 0.25, memoryBytes: 2048, restarts: 1 },
      requests: { byClass: [0, 3, 0, 0, 1], durations: [0, 4] },
    },
    { name: 'worker' },
  ],
});
const add = (files: HistoryFiles, at: number, who = owner) => files.append(who, at, sampleLine(sample(at)));
const times = async (files: HistoryFiles, from = 0, to = 2 * start, who = owner) =>
  (await files.read(who, from, to)).flatMap((line) => ('sample' in line ? [line.sample.at] : [line.mark.at]));
const fileOf = (at: number, who = owner) => join(folder, who.uid, `${Math.floor(at / hour)}.jsonl`);

it('keeps what it is told as it was told, for another run too, readable by this user alone', async () => {
  const files = open();
  await add(files, start + 1);
  await files.append(owner, start + 2, markLine({ at: start + 2, kind: 'update', revision: 3 }));
  await files.append(owner, start + 3, markLine({ at: start + 3, kind: 'restart', service: 'web', count: 2 }));
  const kept = [
    { sample: sample(start + 1) },
    { mark: { at: start + 2, kind: 'update', revision: 3 } },
    { mark: { at: start + 3, kind: 'restart', service: 'web', count: 2 } },
  ];
  expect(await files.read(owner, start, start + hour)).toEqual(kept);
  expect(await open().read(owner, start, start + hour)).toEqual(kept);
  expect(await open().read(owner, start + 1, start + 2)).toEqual([kept[1]]);
  expect((await stat(fileOf(start))).mode & 0o077).toBe(0);
});

it('a line that was torn wherever it may be is left out, and those before and after it stay', async () => {
  const files = open();
  await add(files, start + 1);
  const whole = (await stat(fileOf(start))).size;
  await add(files, start + 2);
  const text = await readFile(fileOf(start), 'utf8');
  for (let end = whole; end < text.length; end += text.length - end > 10 ? 9 : 1) {
    const torn = { namespace: 'shop', uid: `33333333-${end}` };
    await mkdir(join(folder, torn.uid));
    await writeFile(fileOf(start, torn), text.slice(0, end));
    const next = open();
    await add(next, start + 3, torn);
    // Only its end of line was missing.
    const isWhole = end === text.length - 1;
    expect(await times(next, 0, 2 * start, torn)).toEqual([start + 1, ...(isWhole ? [start + 2] : []), start + 3]);
  }
});

it('a file whose first line was torn begins anew', async () => {
  await add(open(), start + 1);
  await writeFile(fileOf(start), '{"ver');
  expect(await times(open())).toEqual([]);
  const next = open();
  await add(next, start + 2);
  expect(await times(next)).toEqual([start + 2]);
});

it('what is older than six hours goes with its file, what is of a time to come too, and never more is there than a megabyte', async () => {
  const files = open();
  await add(files, start + 20 * hour);
  for (let at = start; at < start + 10 * hour; at += 15_000) await add(files, at);
  const names = (await readdir(join(folder, owner.uid))).sort();
  expect(names).toEqual([1003, 1004, 1005, 1006, 1007, 1008, 1009].map((each) => `${each}.jsonl`));
  const end = start + 10 * hour;
  const kept = await times(files, end - 6 * hour - 1, end);
  expect(kept).toHaveLength((6 * hour) / 15_000);
  expect(messages).toEqual([]);
});

it('no hour outgrows its room, whatever is written', async () => {
  const files = open(500);
  for (let at = start; at < start + 100; at++) await add(files, at);
  const { size } = await stat(fileOf(start));
  expect(size).toBeLessThanOrEqual(500);
  expect(files.used(owner)).toBeGreaterThan(0.7);
  expect(await times(files)).toContain(start);
  expect(7 * open().mostBytes).toBeLessThanOrEqual(1024 * 1024);
});

it('is removed with its owner, and another of the same name has nothing of it', async () => {
  const files = open();
  await add(files, start + 1);
  expect(await times(files, 0, 2 * start, other)).toEqual([]);
  await files.remove(owner);
  expect(await readdir(folder)).toEqual([]);
  expect(await times(files)).toEqual([]);
});

it('forgets at the start what belongs to nobody any more, and leaves alone what is no history', async () => {
  const files = open();
  await add(files, start + 1);
  await add(files, start + 2, other);
  await add(files, start + 8 * hour, other);
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await open().prune(new Set([other.uid]), start + 8 * hour);
  expect((await readdir(folder)).sort()).toEqual([other.uid, 'notes.txt'].sort());
  expect(await readdir(join(folder, other.uid))).toEqual(['1008.jsonl']);
});

it('adds nothing to what a newer version wrote, and says what cannot be written once', async () => {
  await add(open(), start + 1);
  const newer = '{"version":99}\nsomething else\n';
  await writeFile(fileOf(start), newer);
  await add(open(), start + 2);
  expect(await readFile(fileOf(start), 'utf8')).toBe(newer);

  await writeFile(join(folder, other.uid), 'a file in the way');
  const files = open();
  await add(files, start + 1, other);
  await add(files, start + 2, other);
  expect(messages).toEqual([expect.stringMatching(/^the history of environments: E/)]);
});

it('takes no uid for a path', async () => {
  const files = open();
  for (const uid of ['../outside', '..', '', '/tmp/x', 'a/b/c/d/e/f/g']) {
    await add(files, start + 1, { namespace: 'x', uid });
    expect(await times(files, 0, 2 * start, { namespace: 'x', uid })).toEqual([]);
    await files.remove({ namespace: 'x', uid });
  }
  expect(await readdir(folder)).toEqual([]);
});
