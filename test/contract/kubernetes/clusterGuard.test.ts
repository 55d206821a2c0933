import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import type { Progress } from '../../../src/app/run/run';
import { wireProduct } from '../../../src/wiring/wireProduct';
import { AppError } from '../../../src/core/errors';
import { defaultSettings, type Settings } from '../../../src/core/settings';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { GitRepository } from '../../support/gitRepository';
import { helmPath } from '../../support/helm';
import { silentLog } from '../../support/kubernetesHarness';
import { RecordingApi } from '../../support/recordingApi';
import { worktreeValues } from '../../support/worktreeValues';

const root = join(import.meta.dirname, '..', '..', '..');
const run = { signal: AbortSignal.timeout(110_000), report: () => undefined, approve: async () => true };
const environmentFile = `version: 1
services:
  web:
    image: node
    command: [${JSON.stringify(process.execPath)}, -e, "require('http').createServer((_, r) => r.end('ok')).listen(process.env.PORT)"]
    port: 8000
    routes: [/]
`;

let one: TestCluster;
let other: RecordingApi;
let repository: GitRepository;
let user: string;
let settings: Settings;

beforeAll(async () => {
  one = await startTestCluster();
}, 60_000);
afterAll(() => one.dispose());
beforeEach(async () => {
  other = await RecordingApi.start();
  repository = await GitRepository.create();
  await repository.commit('coppice.yaml', environmentFile, 'an environment file');
  user = await mkdtemp(join(tmpdir(), 'coppice-user-'));
  await mkdir(join(user, '.kube'));
  settings = { ...defaultSettings, home: join(user, 'home'), 'helm.path': helmPath };
  writeKubeconfig('one');
});
afterEach(async () => {
  await other.close();
  await rm(repository.folder, { recursive: true });
  await rm(user, { recursive: true });
});

const kubeconfig = (): string => join(user, '.kube', 'config');

/** @param local where the context k3d-one leads to; `team-prod` always leads to the other server */
function writeKubeconfig(local: 'one' | 'other'): void {
  const real = parse(readFileSync(one.kubeconfig, 'utf8'));
  const clusters = { one: real.clusters[0].cluster, other: { server: other.url, 'insecure-skip-tls-verify': true } };
  const config = {
    clusters: [
      { name: 'local', cluster: clusters[local] },
      { name: 'remote', cluster: clusters.other },
    ],
    users: [{ name: 'me', user: real.users[0].user }],
    contexts: [
      { name: 'k3d-one', context: { cluster: 'local', user: 'me' } },
      { name: 'team-prod', context: { cluster: 'remote', user: 'me' } },
    ],
    // Never used by itself.
    'current-context': 'team-prod',
  };
  writeFileSync(kubeconfig(), JSON.stringify(config));
}

function product() {
  return wireProduct({
    root,
    env: { ...repository.env, KUBECONFIG: kubeconfig() },
    execPath: process.execPath,
    settings: () => settings,
    postgresPassword: () => Promise.resolve(undefined),
    log: silentLog,
    folder: repository.root,
  });
}
const choose = (name: string, confirmed?: string) =>
  product().clusters.choose({ folder: repository.root, name, confirmed }, run);
const create = (branch: string, report: (progress: Progress) => void = () => undefined) =>
  product().environments.create({ folder: repository.root, target: { kind: 'branch', branch } }, { ...run, report });
const digest = (): string => createHash('sha256').update(readFileSync(kubeconfig())).digest('hex');

async function namespaces(): Promise<string[]> {
  const { body } = await one.api('GET', '/api/v1/namespaces?labelSelector=coppice.dev/repository');
  return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
}

describe('a cluster that was chosen', () => {
  it(
    'is the only one that anything is asked of, and the user’s kubeconfig stays as it is',
    { timeout: 120_000 },
    async () => {
      const before = digest();
      await choose('k3d-one');
      const { worktree, identity, ready } = await create('topic');
      expect(ready).toBe(true);
      expect(identity.cluster).toMatchObject({ kind: 'context', context: 'k3d-one', server: one.server });
      expect(identity.cluster.caSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(await namespaces()).toEqual([identity.names.namespace]);
      const at = { folder: repository.root, path: worktree.path };
      await product().services.restart({ ...at, service: 'web' }, run);
      await product().environments.create(
        { folder: worktree.path, target: { kind: 'worktree', path: worktree.path } },
        run,
      );
      const snapshot = await product().snapshots.read(repository.root, run.signal);
      expect(snapshot.clusterIdentity).toEqual(identity.cluster);
      expect(snapshot.entries.find((entry) => entry.worktree.path === worktree.path)?.environment?.namespace).toBe(
        identity.names.namespace,
      );
      await repository.git('worktree', 'remove', '--force', worktree.path);
      await product().environments.deleteOrphan({ folder: repository.root, namespace: identity.names.namespace }, run);
      const again = await create('second');
      await product().environments.delete({ folder: repository.root, path: again.worktree.path, accepted: [] }, run);
      expect(await namespaces()).toEqual([]);
      expect(other.requests).toEqual([]);
      expect(digest()).toBe(before);
      expect(await readdir(join(user, '.kube'))).toEqual(['config']);
    },
  );

  it(
    'gives Helm a file of our own, with this one context and nobody else to read it',
    { timeout: 60_000 },
    async () => {
      await choose('k3d-one');
      await create('topic');
      const folder = join(user, 'home', 'kubeconfigs');
      const [file = ''] = (await readdir(folder)).filter((name) => /^[0-9a-f]{16}\.json$/.test(name));
      const pinned = JSON.parse(await readFile(join(folder, file), 'utf8'));
      expect(pinned.contexts).toHaveLength(1);
      expect(pinned.clusters).toMatchObject([{ cluster: { server: one.server } }]);
      if (process.platform !== 'win32') expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
      await product().environments.delete(
        { folder: repository.root, path: join(repository.folder, 'repo.worktrees', 'topic'), accepted: [] },
        run,
      );
    },
  );
});

it('Helm is not even started for a cluster that may not be changed', async () => {
  const denied = new AppError('denied', 'not now');
  const releases = new HelmReleases({
    helmPath: () => join(user, 'no-such-helm'),
    chartFolder: join(root, 'charts', 'worktree'),
    home: join(user, 'helm'),
    env: process.env,
    verifyChange: () => Promise.reject(denied),
  });
  const access = { server: one.server, kubeconfig: one.kubeconfig, context: 'coppice-embedded' };
  const install = { release: 'x', namespace: 'x', chart: undefined, values: worktreeValues('x', user), access };
  await expect(releases.install(install)).rejects.toBe(denied);
  await expect(releases.uninstall('x', 'x', access)).rejects.toBe(denied);
});

describe('a kubeconfig that is switched to another cluster', () => {
  it.each(['cluster', 'namespace', 'worktree', 'release'])(
    'after the step %s of a create: nothing is changed there',
    { timeout: 60_000 },
    async (step) => {
      await choose('k3d-one');
      const creating = create('topic', (progress) => {
        if (progress.step === step && progress.state === 'done') writeKubeconfig('other');
      });
      await expect(creating).rejects.toMatchObject({
        code: 'conflict',
        message: 'The context "k3d-one" leads to another cluster than when it was chosen.',
        remedy: { action: { kind: 'chooseCluster' } },
      });
      expect(other.changes).toEqual([]);
      // What it had made is found once the kubeconfig leads back.
      writeKubeconfig('one');
      for (const namespace of await namespaces()) {
        const path = join(repository.folder, 'repo.worktrees', 'topic');
        if (existsSync(path)) await product().environments.delete({ folder: repository.root, path, accepted: [] }, run);
        else await product().environments.deleteOrphan({ folder: repository.root, namespace }, run);
      }
      expect(await namespaces()).toEqual([]);
      expect(other.changes).toEqual([]);
    },
  );

  it('before a restart, an update, a delete: each is refused', { timeout: 60_000 }, async () => {
    await choose('k3d-one');
    const { worktree, identity } = await create('topic');
    writeKubeconfig('other');
    const at = { folder: repository.root, path: worktree.path };
    const failure = { code: 'conflict', message: expect.stringContaining('leads to another cluster') as unknown };
    await expect(product().services.restart({ ...at, service: 'web' }, run)).rejects.toMatchObject(failure);
    const update = { folder: worktree.path, target: { kind: 'worktree' as const, path: worktree.path } };
    await expect(product().environments.create(update, run)).rejects.toMatchObject(failure);
    await expect(product().environments.delete({ ...at, accepted: [] }, run)).rejects.toMatchObject(failure);
    const orphan = { folder: repository.root, namespace: identity.names.namespace };
    await expect(product().environments.deleteOrphan(orphan, run)).rejects.toMatchObject(failure);
    expect(await product().environments.variables(worktree.path, run.signal)).toBeUndefined();
    expect(other.requests).toEqual([]);
    writeKubeconfig('one');
    await product().environments.delete({ ...at, accepted: [] }, run);
  });
});

describe('a cluster that is not on this machine', () => {
  const failure = { code: 'denied', message: expect.stringContaining('coppice.cluster.allowedContexts') as unknown };

  it('is chosen only when the setting names it, and its name is typed when it looks like production', async () => {
    await expect(choose('team-prod', 'team-prod')).rejects.toMatchObject(failure);
    settings = { ...settings, 'cluster.allowedContexts': ['team-prod'] };
    const untyped = { code: 'conflict', message: expect.stringContaining('looks like production') as unknown };
    await expect(choose('team-prod')).rejects.toMatchObject(untyped);
    await expect(choose('team-prod', 'team')).rejects.toMatchObject(untyped);
    expect(await choose('team-prod', 'team-prod')).toMatchObject({ cluster: { context: 'team-prod' }, elsewhere: [] });
    expect(other.requests).toEqual([]);
  });

  it('is changed by nothing any more once the setting does not name it', async () => {
    settings = { ...settings, 'cluster.allowedContexts': ['team-prod'] };
    await choose('team-prod', 'team-prod');
    settings = { ...settings, 'cluster.allowedContexts': [] };
    await expect(create('topic')).rejects.toMatchObject(failure);
    expect(other.requests).not.toEqual([]);
    expect(other.changes).toEqual([]);
  });

  it('is not where an environment of another cluster is looked for', { timeout: 60_000 }, async () => {
    await choose('k3d-one');
    const { worktree } = await create('topic');
    settings = { ...settings, 'cluster.allowedContexts': ['team-prod'] };
    const { elsewhere } = await choose('team-prod', 'team-prod');
    expect(elsewhere.map(({ names }) => names.slug)).toEqual(['topic']);
    const at = { folder: repository.root, path: worktree.path };
    const lives = {
      code: 'conflict',
      message: expect.stringMatching(/^The environment topic lives in "k3d-one" /) as unknown,
      remedy: { action: { kind: 'chooseCluster' } },
    };
    await expect(product().services.restart({ ...at, service: 'web' }, run)).rejects.toMatchObject(lives);
    const update = { folder: worktree.path, target: { kind: 'worktree' as const, path: worktree.path } };
    await expect(product().environments.create(update, run)).rejects.toMatchObject(lives);
    await expect(product().environments.delete({ ...at, accepted: [] }, run)).rejects.toMatchObject(lives);
    expect(await product().environments.variables(worktree.path, run.signal)).toBeUndefined();
    const snapshot = await product().snapshots.read(repository.root, run.signal);
    const entry = snapshot.entries.find((one) => one.worktree.path === worktree.path);
    expect(entry).toMatchObject({ environment: undefined, elsewhere: { context: 'k3d-one' } });
    expect(snapshot.orphans).toEqual([]);
    expect(other.changes).toEqual([]);
    await choose('k3d-one');
    await product().environments.delete({ ...at, accepted: [] }, run);
    expect(await namespaces()).toEqual([]);
  });
});
