import { mkdtemp, readdir, rm, stat, utimes, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PodLogOptions } from '../../../../../packages/cluster/src/streams/podLogs';
import { LogStore } from '../../../../../packages/cluster/src/logs/logStore';
import { until } from '../../../../support/until';

const source = { namespace: 'ns', name: 'pod', uid: 'u1', container: 'main' };
let folder: string;
let store: LogStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-logs-'));
  store = new LogStore(folder, (error) => {
    throw error;
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** One run of the container: what it writes, then its end. */
async function run(...chunks: (string | Buffer)[]): Promise<void> {
  const log = await store.begin(source);
  const out = new PassThrough();
  log.attach('stdout', out);
  for (const chunk of chunks) out.write(chunk);
  out.end();
  await finished(out);
  if (!out.closed) await new Promise((resolve) => out.once('close', resolve));
  await log.end();
}

async function read(options: Partial<PodLogOptions> = {}, signal = new AbortController().signal): Promise<string> {
  const chunks: Uint8Array[] = [];
  const all = { follow: false, previous: false, timestamps: false, ...options };
  for await (const chunk of store.read(source, all, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('reading', () => {
  beforeEach(() => run('one\ntwo\n', 'thr', 'ee\n', '\n', 'ünf', 'letzte'));

  it('gives lines as they were written, the last one without an end if it had none', async () => {
    expect(await read()).toBe('one\ntwo\nthree\n\nünfletzte');
  });

  it.each([
    [0, ''],
    [1, 'ünfletzte'],
    [3, 'three\n\nünfletzte'],
    [99, 'one\ntwo\nthree\n\nünfletzte'],
  ])('gives the last %i lines', async (tailLines, expected) => {
    expect(await read({ tailLines })).toBe(expected);
  });

  it('gives the time of each line with nanoseconds, later ones later', async () => {
    const times = (await read({ timestamps: true })).split('\n').map((line) => line.split(' ')[0] ?? '');
    for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect([...times].sort()).toEqual(times);
    expect(new Set(times).size).toBe(times.length);
  });

  it('gives only what is newer than a moment', async () => {
    const times = (await read({ timestamps: true })).split('\n').map((line) => line.split(' ')[0] ?? '');
    await run('later\n');
    expect(await read({ sinceTime: new Date(Date.now() + 60_000) })).toBe('');
    expect(await read({ sinceTime: new Date(times[0] ?? '') })).toBe('later\n');
    expect(await read({ sinceSeconds: 60, tailLines: 5 })).toBe('later\n');
  });

  it('stops at the limit of bytes', async () => {
    expect(await read({ limitBytes: 6 })).toBe('one\ntw');
  });
});

it('keeps the run before the last', async () => {
  await run('first\n');
  await run('second\n');
  const third = await store.begin(source);
  const out = new PassThrough();
  third.attach('stdout', out);
  out.write('third\n');
  await until(async () => (await read()) === 'third\n');
  expect(await read({ previous: true })).toBe('second\n');
  await third.end();
  // A container that waits for its restart: its last run is the previous one.
  expect(await read({ previous: true })).toBe('third\n');
});

it('refuses with 400 what has not started, and a previous run that never was', async () => {
  await expect(read()).rejects.toMatchObject({
    status: 400,
    message: 'container "main" in pod "pod" is waiting to start: ContainerCreating',
  });
  const log = await store.begin(source);
  await expect(read({ previous: true })).rejects.toMatchObject({ status: 400 });
  await log.end();
});

it('splits a line that is too long without losing a byte', async () => {
  const long = 'x'.repeat(40_000);
  await run(`${long}\nnext\n`);
  expect(await read()).toBe(`${long}\nnext\n`);
});

describe('following', () => {
  it('delivers to several readers what is written, until the run ends', async () => {
    const log = await store.begin(source);
    const out = new PassThrough();
    const err = new PassThrough();
    log.attach('stdout', out);
    log.attach('stderr', err);
    out.write('early\n');
    const seen = ['', '', ''];
    const readers = seen.map(async (_, index) => {
      const options = { follow: true, previous: false, timestamps: false, ...(index === 2 ? { tailLines: 0 } : {}) };
      for await (const chunk of store.read(source, options, new AbortController().signal)) {
        seen[index] += Buffer.from(chunk).toString();
      }
    });
    await until(() => seen[0] === 'early\n' && seen[1] === 'early\n');
    err.write('from stderr\n');
    await until(() => seen.every((text) => text.endsWith('from stderr\n')));
    out.write('part');
    out.end();
    await new Promise((resolve) => out.once('close', resolve));
    await log.end();
    await Promise.all(readers);
    expect(seen).toEqual(['early\nfrom stderr\npart', 'early\nfrom stderr\npart', 'from stderr\npart']);
  });

  it('ends without an error when the reader leaves, and forgets it', async () => {
    const log = await store.begin(source);
    const leave = new AbortController();
    const reading = read({ follow: true }, leave.signal);
    await until(() => log.listenerCount('written') === 1);
    leave.abort();
    expect(await reading).toBe('');
    expect(log.listenerCount('written')).toBe(0);
    await log.end();
  });

  it('loses and repeats no line when the file is rotated meanwhile, and keeps the disk bounded', async () => {
    const log = await store.begin(source);
    const out = new PassThrough();
    log.attach('stdout', out);
    let count = 0;
    let expected = 0;
    const reading = (async () => {
      for await (const chunk of store.read(
        source,
        { follow: true, previous: false, timestamps: false },
        new AbortController().signal,
      )) {
        expect(Number(Buffer.from(chunk).toString().slice(0, 6))).toBe(expected++);
        count++;
      }
    })();
    const padding = '.'.repeat(990);
    const lines = 25_000;
    for (let i = 0; i < lines; i += 500) {
      const block = Array.from({ length: 500 }, (_, k) => `${String(i + k).padStart(6, '0')}${padding}\n`).join('');
      if (!out.write(block)) await new Promise((resolve) => out.once('drain', resolve));
      // The reader keeps up: one that is two rotations behind has lost what the disk no longer holds.
      await until(() => count >= i - 2000);
    }
    out.end();
    await until(() => count === lines, 20_000);
    await log.end();
    await reading;
    const files = join(folder, 'ns_pod_u1');
    expect((await readdir(files)).sort()).toEqual(['main.log', 'main.log.1']);
    for (const name of await readdir(files))
      expect((await stat(join(files, name))).size).toBeLessThan(12 * 1024 * 1024);
    const tail = await read({ tailLines: 12_000 });
    expect(tail.split('\n')).toHaveLength(12_001);
    expect(tail.startsWith('013000')).toBe(true);
  });
});

it('removes the files of a pod that is gone, and those of earlier clusters after a day', async () => {
  await run('x\n');
  const old = join(folder, 'ns_old_u0');
  await mkdir(old);
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(old, yesterday, yesterday);
  await store.prune();
  expect(await readdir(folder)).toEqual(['ns_pod_u1']);
  await store.removePod(source);
  expect(await readdir(folder)).toEqual([]);
  await expect(read()).rejects.toMatchObject({ status: 400 });
});
