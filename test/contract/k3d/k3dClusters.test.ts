import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { K3dClusters } from '../../../src/adapters/k3d/k3dClusters';
import { isAbort } from '../../../src/core/errors';
import type { LocalClusterPlan } from '../../../src/core/ports/localClusters';
import { installFakeK3d, type FakeK3d } from '../../support/fakeK3d';

/** k3d pulls images and cannot run everywhere: a program of that name answers as it does. */
describe.skipIf(process.platform === 'win32')('K3dClusters', () => {
  let folder: string;
  let fake: FakeK3d;
  let clusters: K3dClusters;
  let plan: LocalClusterPlan;
  const own = (): string => join(folder, 'home', 'k3d');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-k3d-'));
    fake = await installFakeK3d(folder);
    clusters = new K3dClusters({ folder: own(), env: { ...fake.env, KUBECONFIG: fake.userKubeconfig } });
    plan = {
      name: 'coppice',
      mark: 'aaaa',
      httpPort: 8081,
      registryPort: 5001,
      folders: [join(folder, 'repo.worktrees')],
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const create = (signal?: AbortSignal, onNews: (line: string) => void = () => undefined): Promise<void> =>
    clusters.create(plan, onNews, signal);
  const hashOfUsers = async (): Promise<string> =>
    createHash('sha256')
      .update(await readFile(fake.userKubeconfig))
      .digest('hex');

  it('makes a cluster from a config file, tells what k3d is doing, and finds it again with mark and port', async () => {
    const news: string[] = [];
    await create(undefined, (line) => news.push(line));
    expect(news).toEqual([
      'Prep: Network',
      "Successfully created registry 'k3d-coppice-registry'",
      "Pulling image 'docker.io/rancher/k3s:v1.31.5-k3s1'",
      "Starting node 'k3d-coppice-server-0'",
      "Cluster 'coppice' created successfully!",
    ]);
    expect(await clusters.list()).toEqual([{ name: 'coppice', mark: 'aaaa', isRunning: true, httpPort: 8081 }]);
    expect(await fake.calls()).toEqual([
      ['k3d', 'cluster', 'create', '--config', join(own(), 'coppice.yaml')],
      ['k3d', 'cluster', 'list', '--output', 'json'],
    ]);
  });

  it('makes the folders that it mounts: Docker would make them as its own user', async () => {
    await create();
    expect((await stat(join(folder, 'repo.worktrees'))).uid).toBe(process.getuid?.());
  });

  it('keeps a path what it is, also one that reads like a variable to k3d', async () => {
    plan = { ...plan, folders: [join(folder, '$HOME ${PATH} $$ $')] };
    await create();
    const [path] = plan.folders;
    expect(await fake.config()).toMatchObject({ volumes: [{ volume: `${path}:${path}` }] });
  });

  it('writes the kubeconfig to a file that only this user reads, and says where it leads', async () => {
    await create();
    const { identity, kubeconfig } = await clusters.writeKubeconfig('coppice');
    expect(identity).toEqual({
      kind: 'k3d',
      context: 'k3d-coppice',
      server: 'https://127.0.0.1:6550',
      caSha256: createHash('sha256').update('the authority').digest('hex'),
    });
    expect(kubeconfig).toBe(join(own(), 'coppice.kubeconfig'));
    expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
    expect((await stat(own())).mode & 0o777).toBe(0o700);
  });

  it("leaves the user's kubeconfig as it is, from the creation to the deletion", async () => {
    const before = await hashOfUsers();
    await create();
    await clusters.writeKubeconfig('coppice');
    await clusters.stop('coppice');
    await clusters.start('coppice', () => undefined);
    await clusters.delete('coppice', 'aaaa');
    expect(await hashOfUsers()).toBe(before);
    expect(await fake.clusters()).toEqual([]);
    expect(await fake.registries()).toEqual([]);
    expect(existsSync(join(own(), 'coppice.kubeconfig'))).toBe(false);
  });

  it('stops and starts; what already runs is left alone', async () => {
    await create();
    await clusters.start('coppice', () => undefined);
    expect((await fake.calls()).some(([, noun, verb]) => `${noun} ${verb}` === 'cluster start')).toBe(false);
    await clusters.stop('coppice');
    expect(await clusters.list()).toMatchObject([{ isRunning: false }]);
    await clusters.start('coppice', () => undefined);
    expect(await clusters.list()).toMatchObject([{ isRunning: true }]);
    await expect(clusters.start('gone', () => undefined)).rejects.toMatchObject({ code: 'notFound' });
    await expect(clusters.stop('gone')).rejects.toMatchObject({ code: 'notFound' });
  });

  it('says what k3d said first when it cannot make one', async () => {
    await fake.behave({ create: 'fails' });
    await expect(create()).rejects.toMatchObject({
      code: 'failed',
      message:
        'k3d could not make the cluster coppice: Failed Cluster Start: driver failed programming external connectivity on endpoint: Bind for 127.0.0.1:80 failed: port is already allocated',
      explanation: expect.stringContaining('all changes have been rolled back'),
    });
  });

  it.each([
    ['hangsEarly', 'Pulling image'],
    ['hangsLate', 'Starting node'],
  ] as const)('is cancelled while k3d %s, and takes the half-made cluster back', async (mood, line) => {
    await fake.behave({ create: mood });
    const cancel = new AbortController();
    const creating = create(cancel.signal, (news) => {
      if (news.startsWith(line)) cancel.abort();
    });
    const error: unknown = await creating.catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    expect(await fake.registries()).toEqual(['k3d-coppice-registry']);
    expect(await clusters.discard('coppice', 'aaaa')).toBeUndefined();
    expect(await fake.registries()).toEqual([]);
    expect(await fake.clusters()).toEqual([]);
  });

  it('names what it could not take back', async () => {
    await fake.behave({ create: 'hangsLate' });
    const cancel = new AbortController();
    await create(cancel.signal, (news) => news.startsWith('Starting') && cancel.abort()).catch(() => undefined);
    await fake.behave({ delete: 'fails' });
    await expect(clusters.discard('coppice', 'aaaa')).rejects.toMatchObject({
      message: 'k3d could not delete the cluster coppice: Failed to delete 1 nodes: Try to delete them manually',
    });
  });

  it("neither discards nor deletes somebody else's cluster of that name", async () => {
    await fake.put({ name: 'coppice', mark: undefined, running: true, ports: [], servers: 1, registry: undefined });
    expect(await clusters.discard('coppice', 'aaaa')).toContain('k3d cluster delete coppice');
    await expect(clusters.delete('coppice', 'aaaa')).rejects.toMatchObject({ code: 'conflict' });
    expect(await fake.clusters()).toHaveLength(1);
  });

  it('deletes a cluster that is gone already', async () => {
    await clusters.delete('coppice', 'aaaa');
    expect(await fake.clusters()).toEqual([]);
  });

  it('says what is missing, and where to get it', async () => {
    const nowhere = new K3dClusters({ folder: own(), env: { ...fake.env, PATH: join(folder, 'empty') } });
    await expect(nowhere.verifyTools()).rejects.toMatchObject({
      code: 'missingTool',
      message: 'k3d was not found on the PATH: install it, and try again.',
      remedy: { title: 'Install k3d', action: { kind: 'openUrl', url: expect.stringContaining('k3d.io') } },
    });
    await rm(join(folder, 'bin', 'docker'));
    await expect(clusters.verifyTools()).rejects.toMatchObject({
      code: 'missingTool',
      message: expect.stringContaining('Docker was not found'),
      remedy: { title: 'Install Docker' },
    });
  });

  it('says that k3d is too old, and takes one that tells no version', async () => {
    await fake.behave({ version: '5.4.9' });
    await expect(clusters.verifyTools()).rejects.toMatchObject({
      message: 'k3d 5.5.0 or newer is needed; the one on the PATH is 5.4.9.',
    });
    await fake.behave({ version: '5-dev' });
    await clusters.verifyTools();
    await fake.behave({ version: '5.10.0' });
    await clusters.verifyTools();
  });

  it('says that Docker does not run, before and while k3d works', async () => {
    await fake.behave({ dockerAway: true });
    const away = { code: 'unreachable', message: expect.stringContaining('Docker does not answer: start it') };
    await expect(clusters.verifyTools()).rejects.toMatchObject(away);
    await expect(clusters.list()).rejects.toMatchObject(away);
    await expect(create()).rejects.toMatchObject(away);
  });

  it('refuses a kubeconfig that is none', async () => {
    await create();
    await fake.behave({ kubeconfig: 'contexts: []' });
    await expect(clusters.writeKubeconfig('coppice')).rejects.toMatchObject({ code: 'failed' });
    expect(existsSync(join(own(), 'coppice.kubeconfig'))).toBe(false);
  });

  it('refuses a folder whose path k3d would misread', async () => {
    await mkdir(join(folder, 'a:b'));
    plan = { ...plan, folders: [join(folder, 'a:b')] };
    await expect(create()).rejects.toMatchObject({ code: 'invalidInput' });
    expect(await fake.calls()).toEqual([]);
  });
});
