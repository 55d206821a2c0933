import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadArchive, ObjectArchive } from '../../../../../packages/cluster/src/state/objectArchive';
import { openTestStore, type TestStore } from '../../../../support/objectStore';
import { until } from '../../../../support/until';

let folder: string;
let file: string;
let store: TestStore;
let archive: ObjectArchive;
const messages: string[] = [];
const log = (message: string): number => messages.push(message);

beforeEach(async () => {
  messages.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'coppice-archive-'));
  file = join(folder, 'state.json');
  store = await openTestStore();
  archive = new ObjectArchive(file, store.objects, log);
  archive.start();
});
afterEach(async () => {
  await archive.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const names = async (): Promise<string[]> =>
  ((await loadArchive(file, log))?.objects ?? []).map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();

it('keeps what lasts and leaves out what the next cluster makes anew', async () => {
  await store.add({ kind: 'Secret', metadata: { name: 'kept', namespace: 'ns' } });
  await store.add({ kind: 'Deployment', metadata: { name: 'kept', namespace: 'ns' } });
  await store.add({ kind: 'Service', metadata: { name: 'kube-dns', namespace: 'kube-system' } });
  for (const kind of ['Pod', 'Event', 'EndpointSlice', 'Endpoints', 'Lease']) {
    await store.add({ kind, metadata: { name: 'volatile', namespace: 'ns' } });
  }
  await archive.flush();
  expect(await names()).toEqual(['Deployment/kept', 'Secret/kept']);
});

it('keeps a pod that has ended for good, unless a replica set makes it anew', async () => {
  const pod = (name: string, phase: string, kind: string) => ({
    kind: 'Pod',
    metadata: { name, namespace: 'ns', ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'o', uid: '1' }] },
    status: { phase },
  });
  await store.add(pod('migrated', 'Succeeded', 'Deployment'));
  await store.add(pod('failed', 'Failed', 'Deployment'));
  await store.add(pod('running', 'Running', 'Deployment'));
  await store.add(pod('evicted', 'Failed', 'ReplicaSet'));
  await archive.flush();
  expect(await names()).toEqual(['Pod/failed', 'Pod/migrated']);
});

it('knows after thousands of changes that it does not keep how far versions have come: the next cluster’s go on beyond', async () => {
  await store.add({ kind: 'Secret', metadata: { name: 'kept', namespace: 'ns' } });
  await archive.flush();
  for (let count = 0; count < 6000; count++)
    await store.add({ kind: 'Event', metadata: { name: 'e', namespace: 'ns' } });
  await archive.flush();
  const { revision = 0 } = (await loadArchive(file, log)) ?? {};
  expect(revision).toBeGreaterThan(Number(store.objects.resourceVersion) - 6000);
});

it('knows at once that versions go on beyond an earlier cluster’s: two that are cut off give none twice', async () => {
  await store.objects.restore({ revision: 7, objects: [] });
  const next = new ObjectArchive(file, store.objects, log);
  next.start();
  await next.close();
  expect((await loadArchive(file, log))?.revision).toBeGreaterThan(7);
});

it('writes nothing over what another cluster saves that has the folder by now, and says so', async () => {
  let isLost = false;
  const woken = new ObjectArchive(file, store.objects, log, async () => isLost);
  woken.start();
  await store.add({ kind: 'Secret', metadata: { name: 'before', namespace: 'ns' } });
  expect(await woken.trouble()).toBeUndefined();
  await archive.close();
  await writeFile(file, 'of the other');
  isLost = true;
  await store.add({ kind: 'Secret', metadata: { name: 'after', namespace: 'ns' } });
  expect(await woken.trouble()).toContain('is another cluster');
  await woken.close();
  expect(await readFile(file, 'utf8')).toBe('of the other');
});

it('writes nothing when only volatile objects change', async () => {
  await store.add({ kind: 'Pod', metadata: { name: 'p', namespace: 'ns' } });
  await archive.flush();
  expect(await readdir(folder)).toEqual([]);
});

describe('what nobody wanted, and was only seen', () => {
  const deployment = (readyReplicas: number, annotations?: object, replicas = 1) => ({
    kind: 'Deployment',
    metadata: {
      ...{ name: 'web', namespace: 'ns', uid: 'one', creationTimestamp: '2026-01-01T00:00:00Z' },
      ...(annotations && { annotations }),
    },
    ...{ spec: { replicas }, status: { readyReplicas } },
  });
  const savesWithin = async (ms: number, change: ReturnType<typeof deployment> | undefined): Promise<number> => {
    await store.add(deployment(1, { note: 'a' }));
    await archive.flush();
    const save = vi.spyOn(archive, 'flush');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      if (change) await store.add(change);
      else await store.objects.remove('Deployment', 'ns', 'web');
      await vi.advanceTimersByTimeAsync(ms);
      return save.mock.calls.length;
    } finally {
      vi.useRealTimers();
      save.mockRestore();
    }
  };

  it('is saved some seconds later', async () => {
    expect(await savesWithin(4_900, deployment(0, { note: 'a' }))).toBe(0);
    expect(await savesWithin(5_100, deployment(0, { note: 'a' }))).toBe(1);
  });

  it.each([
    ['a specification', deployment(0, { note: 'a' }, 2)],
    ['an annotation that is gone', deployment(0)],
    ['another annotation', deployment(0, { note: 'b' })],
    ['its end', undefined],
  ])('is saved at once with %s', async (_, change) => {
    expect(await savesWithin(110, change)).toBe(1);
  });
});

it('uses the copy before it when the file is damaged, and keeps the damaged one', async () => {
  await store.add({ kind: 'Secret', metadata: { name: 'one', namespace: 'ns' } });
  await archive.flush();
  await store.add({ kind: 'Secret', metadata: { name: 'two', namespace: 'ns' } });
  await archive.flush();
  expect(await names()).toEqual(['Secret/one', 'Secret/two']);
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -1));
  expect(await names()).toEqual(['Secret/one']);
  expect(messages.join('\n')).toContain('state.json is damaged');
  expect((await readdir(folder)).some((name) => name.startsWith('state.json.broken-'))).toBe(true);
});

it.each(['', 'null', '{}', '{"version":0}', '{"version":"2"}', '{"version":1,"revision":1,"objects":[1]}', '[]'])(
  'does not trust %j',
  async (text) => {
    await writeFile(file, text);
    expect(await loadArchive(file, log)).toBeUndefined();
    expect(messages).toHaveLength(1);
  },
);

it.each(['state.json', 'state.json.1'])(
  'refuses a %s that a newer Coppice wrote, and leaves it where it is',
  async (name) => {
    const text = '{"version":2,"revision":7,"objects":{"another":"form"}}';
    await writeFile(join(folder, name), text);
    await expect(loadArchive(file, log)).rejects.toThrow(
      /state\.json(\.1)? is of version \d+, .*a newer Coppice wrote it/,
    );
    expect(await readdir(folder)).toEqual([name]);
    expect(await readFile(join(folder, name), 'utf8')).toBe(text);
  },
);

it('does not take a file that cannot be read now for none', async () => {
  await mkdir(file);
  await expect(loadArchive(file, log)).rejects.toMatchObject({ code: 'EISDIR' });
});

it('has nothing at the first start, and says nothing about it', async () => {
  expect(await loadArchive(file, log)).toBeUndefined();
  expect(messages).toEqual([]);
});

it('tells while it cannot be written, and is written without another change once it can', async () => {
  await store.add({ kind: 'Secret', metadata: { name: 'one', namespace: 'ns' } });
  expect(await archive.trouble()).toBeUndefined();
  // What no rename replaces stands for a disk that is full or a folder that may not be written.
  await rm(file);
  await mkdir(join(file, 'in the way'), { recursive: true });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await store.add({ kind: 'Secret', metadata: { name: 'two', namespace: 'ns' } });
    expect(await archive.trouble()).toContain(file);
    expect(await archive.trouble()).toContain(file);
    expect(messages).toEqual([expect.stringContaining(`cannot save the state: ${file}`)]);
    await rm(file, { recursive: true });
    vi.advanceTimersByTime(5_000);
  } finally {
    vi.useRealTimers();
  }
  await until(async () => (await names()).length > 1);
  expect(await names()).toEqual(['Secret/one', 'Secret/two']);
  expect(await archive.trouble()).toBeUndefined();
});
