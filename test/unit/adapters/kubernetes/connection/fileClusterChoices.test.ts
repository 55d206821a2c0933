import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileClusterChoices } from '../../../../../src/adapters/kubernetes/connection/fileClusterChoices';
import type { ChosenCluster } from '../../../../../src/core/ports/clusters';
import { until } from '../../../../support/until';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-choices-'));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (): string => join(folder, 'home', 'clusters.json');
const choices = () => new FileClusterChoices(path());
const cluster = (context: string, port = 1): ChosenCluster => ({
  identity: { kind: 'context', context, server: `https://127.0.0.1:${port}`, caSha256: 'a'.repeat(64) },
  kubeconfigs: ['/home/me/.kube/config'],
});
const embedded: ChosenCluster = { identity: { kind: 'embedded' }, kubeconfigs: [] };

describe('choices of clusters', () => {
  it('are none before the first', async () => {
    expect(await choices().read('0'.repeat(12))).toBeUndefined();
    expect(await choices().read('constructor')).toBeUndefined();
    expect(await choices().allowed()).toEqual([]);
  });

  it('are kept by repository, for this user alone; what was chosen once stays allowed', async () => {
    await choices().choose('one', cluster('a'));
    await choices().choose('two', cluster('b', 2));
    await choices().choose('one', embedded);
    expect(await choices().read('one')).toEqual(embedded);
    expect(await choices().read('two')).toEqual(cluster('b', 2));
    expect(await choices().allowed()).toEqual([cluster('a'), cluster('b', 2)]);
    if (process.platform !== 'win32') expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'home'))).toEqual(['clusters.json']);
  });

  it('allow a cluster once, however often it is chosen, and one that moved beside where it was', async () => {
    await choices().choose('one', cluster('a'));
    await choices().choose('two', cluster('a'));
    expect(await choices().allowed()).toEqual([cluster('a')]);
    await choices().choose('one', cluster('a', 2));
    expect(await choices().allowed()).toEqual([cluster('a'), cluster('a', 2)]);
  });

  it('forget a cluster that is gone, with the choices of it', async () => {
    await choices().choose('one', cluster('a'));
    await choices().choose('two', cluster('b', 2));
    await choices().forget(cluster('a').identity);
    expect(await choices().read('one')).toBeUndefined();
    expect(await choices().read('two')).toEqual(cluster('b', 2));
    expect(await choices().allowed()).toEqual([cluster('b', 2)]);
  });

  it('are told to who watches, also when another process made them, and to nobody afterwards', async () => {
    await choices().choose('one', embedded);
    let heard = 0;
    const watching = choices().watch(() => heard++);
    await choices().choose('one', cluster('a'));
    await until(() => heard > 0);
    watching.dispose();
    heard = 0;
    let heardByAnother = 0;
    const another = choices().watch(() => heardByAnother++);
    await choices().choose('one', embedded);
    await until(() => heardByAnother > 0);
    another.dispose();
    expect(heard).toBe(0);
    new FileClusterChoices(join(folder, 'nowhere', 'clusters.json')).watch(() => undefined).dispose();
  });

  it.each([
    'not JSON',
    '[]',
    '{"version":"2","repositories":{},"allowed":[]}',
    '{"version":1,"repositories":{"a":{"identity":{"kind":"context"},"kubeconfigs":[]}},"allowed":[]}',
    '{"version":1,"repositories":{},"allowed":[{"identity":{"kind":"else"},"kubeconfigs":[]}]}',
    '{"version":1,"repositories":{},"allowed":[{"identity":{"kind":"embedded"}}]}',
  ])('that cannot be understood are told, never guessed and never overwritten: %s', async (text) => {
    await choices().choose('one', embedded);
    await writeFile(path(), text);
    const failure = { code: 'failed', remedy: { action: { kind: 'openFile', path: path() } } };
    await expect(choices().read('one')).rejects.toMatchObject(failure);
    await expect(choices().choose('one', cluster('a'))).rejects.toMatchObject(failure);
    await expect(choices().allowed()).rejects.toMatchObject(failure);
  });
});
