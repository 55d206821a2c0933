import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { K3dClusters } from '../../../src/adapters/k3d/k3dClusters';
import { K3dRecords } from '../../../src/adapters/k3d/k3dRecords';
import { LocalReadiness } from '../../../src/adapters/kubernetes/localReadiness';
import { clusterContents, deleteCluster, type DeleteClusterPorts } from '../../../src/app/cluster/deleteCluster';
import type { Progress } from '../../../src/app/run/run';
import { setUpCluster, type SetUpPorts, type SetUpRequest } from '../../../src/app/cluster/setUpCluster';
import { startCluster } from '../../../src/app/cluster/startCluster';
import { stopCluster } from '../../../src/app/cluster/stopCluster';
import { isAbort } from '../../../src/core/errors';
import type { ClusterIdentity, Repository, Worktree } from '../../../src/core/model';
import type { NamespaceRecord } from '../../../src/core/ports/cluster';
import type { ChosenCluster } from '../../../src/core/ports/clusters';
import type { LocalClusterPlan } from '../../../src/core/ports/localClusters';
import { defaultSettings } from '../../../src/core/settings';
import { installFakeK3d, type FakeK3d } from '../../support/fakeK3d';
import { FakeClock } from '../../support/fakes/fakeClock';
import { FakeDatabases } from '../../support/fakes/fakeDatabases';
import { FakeIdentities } from '../../support/fakes/fakeIdentities';
import { FakeLocks } from '../../support/fakes/fakeLocks';
import { fakePaths } from '../../support/fakes/fakePaths';
import { FakePorts } from '../../support/fakes/fakePorts';
import { FakeWorktrees } from '../../support/fakes/fakeWorktrees';
import { StubApiServer } from '../../support/stubApiServer';
import { until } from '../../support/until';
import { identityOf } from '../../support/identityOf';

const traefik = { metadata: { name: 'traefik', namespace: 'kube-system' } };
const nodesPath = '/api/v1/nodes';
const deploymentsPath = '/apis/apps/v1/namespaces/kube-system/deployments';
const servicesPath = '/api/v1/namespaces/kube-system/services';

/** From the use cases through the adapter to a program that answers as k3d does, and a server that answers as its API. */
describe.skipIf(process.platform === 'win32')('a cluster of k3d', () => {
  let folder: string;
  let home: string;
  let root: string;
  let fake: FakeK3d;
  let api: StubApiServer;
  let ports: SetUpPorts & DeleteClusterPorts;
  let records: K3dRecords;
  let taken: FakePorts['taken'];
  let chosen: Map<string, ChosenCluster>;
  let namespaces: NamespaceRecord[] | undefined;
  let worktrees: FakeWorktrees;
  let identities: FakeIdentities;
  let databases: FakeDatabases;
  let progress: Progress[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-setup-'));
    home = join(folder, 'home', 'k3d');
    root = join(folder, 'code', 'repo');
    api = new StubApiServer();
    await api.start();
    api.put(nodesPath, { metadata: { name: 'server-0' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    api.put(deploymentsPath, { ...traefik, status: { conditions: [{ type: 'Available', status: 'True' }] } });
    api.put(servicesPath, { ...traefik, status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } } });
    fake = await installFakeK3d(folder, api.url);
    records = new K3dRecords(home);
    chosen = new Map();
    namespaces = [];
    progress = [];
    worktrees = new FakeWorktrees(root);
    identities = new FakeIdentities();
    databases = new FakeDatabases();
    const free = new FakePorts();
    taken = free.taken;
    let marks = 0;
    ports = {
      localClusters: new K3dClusters({ folder: home, env: { ...fake.env, KUBECONFIG: fake.userKubeconfig } }),
      localRecords: records,
      readiness: new LocalReadiness({ timeoutMs: 20_000, timing: { pauseMs: 10, longestLocalPauseMs: 20 } }),
      worktrees,
      identities,
      databases,
      locks: new FakeLocks(),
      ports: free,
      paths: fakePaths,
      clock: new FakeClock(),
      settings: () => defaultSettings,
      newMark: () => `mark-${++marks}`,
      choose: async (repositoryId, cluster) => void chosen.set(repositoryId, cluster),
      namespacesIn: async () => namespaces,
      forget: async (identity) => {
        for (const [id, { identity: one }] of chosen) if (one.server === identity.server) chosen.delete(id);
      },
    };
  });
  afterEach(async () => {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runOf = (signal = new AbortController().signal) => ({
    signal,
    report: (one: Progress) => void progress.push(one),
  });
  const setUp = (request: Partial<SetUpRequest> = {}, signal?: AbortSignal) =>
    setUpCluster(ports)({ folder: root, ...request }, runOf(signal));
  const repositoryId = async (): Promise<string> => (await worktrees.repository(root)).id;

  describe('set up', () => {
    it('is made, remembered, and chosen for the repository', async () => {
      const usersBefore = await readFile(fake.userKubeconfig, 'utf8');
      const result = await setUp();
      expect(result).toEqual({
        name: 'coppice',
        identity: {
          kind: 'k3d',
          context: 'k3d-coppice',
          server: api.url,
          caSha256: createHash('sha256').update('the authority').digest('hex'),
        },
        kubeconfig: join(home, 'coppice.kubeconfig'),
        httpPort: 80,
        registry: 'localhost:5001',
        found: false,
      });
      expect(chosen.get(await repositoryId())).toEqual({ identity: result.identity, kubeconfigs: [result.kubeconfig] });
      expect(await records.read('coppice')).toMatchObject({
        state: 'created',
        mark: 'mark-1',
        httpPort: 80,
        registry: 'localhost:5001',
        folders: [
          { folder: root, inNodes: root },
          { folder: `${root}.worktrees`, inNodes: `${root}.worktrees` },
        ],
        access: { identity: result.identity },
      });
      expect(await fake.config()).toMatchObject({ ports: [{ port: '127.0.0.1:80:80' }] });
      expect(await readFile(fake.userKubeconfig, 'utf8')).toBe(usersBefore);
    });

    it('tells what k3d is doing, within its step', async () => {
      await setUp();
      expect(progress.filter(({ step }) => step === 'make').map(({ detail }) => detail)).toContain(
        "Pulling image 'docker.io/rancher/k3s:v1.31.5-k3s1'",
      );
      expect(progress.filter(({ state }) => state === 'done').map(({ step }) => step)).toEqual([
        'tools',
        'claim',
        'make',
        'kubeconfig',
        'api',
        'ingress',
        'choose',
      ]);
    });

    it('takes the next free port, says so, and passes over what other clusters have', async () => {
      taken.add(80).add(8080).add(5001);
      expect(await setUp()).toMatchObject({ httpPort: 8081, registry: 'localhost:5002' });
      expect(progress.find(({ step, state }) => step === 'claim' && state === 'done')?.detail).toBe(
        'the URLs have port 8081: port 80 is taken',
      );
      // Stopped, it holds no port, and gets the same ones when it starts.
      expect(await setUp({ name: 'second' })).toMatchObject({ httpPort: 8082, registry: 'localhost:5003' });
    });

    it('takes a port that was asked for, or says that it is taken', async () => {
      expect(await setUp({ httpPort: 9999 })).toMatchObject({ httpPort: 9999 });
      taken.add(7777);
      await expect(setUp({ name: 'other', httpPort: 7777 })).rejects.toMatchObject({
        code: 'conflict',
        message: 'Port 7777 is taken by another program.',
      });
      expect(await records.read('other')).toBeUndefined();
    });

    it.each([
      ['${repository}.worktrees/${slug}', (at: string) => [at, `${at}.worktrees`]],
      ['${slug}', (at: string) => [join(at, '..')]],
      ['repo/.worktrees/${slug}', (at: string) => [at]],
      ['/elsewhere/${repository}/${branch}', (at: string) => [at, '/elsewhere/repo']],
      ['/${slug}', (at: string) => [at]],
    ])('mounts where worktrees of %s are', async (pattern, expected) => {
      ports = { ...ports, settings: () => ({ 'worktree.folder': pattern }) };
      const plans: string[][] = [];
      class Watched extends K3dClusters {
        override async create(plan: LocalClusterPlan): Promise<void> {
          plans.push([...plan.folders]);
          throw new Error('enough');
        }
      }
      ports = { ...ports, localClusters: new Watched({ folder: home, env: fake.env }) };
      await setUp().catch(() => undefined);
      expect(plans).toEqual([expected(root)]);
    });

    it('finds the one of an earlier time, starts it, and chooses it for another repository', async () => {
      const first = await setUp();
      await ports.localClusters.stop('coppice');
      chosen.clear();
      expect(await setUp()).toEqual({ ...first, found: true });
      expect(await ports.localClusters.list()).toMatchObject([{ isRunning: true }]);
      expect(chosen.size).toBe(1);
      await expect(setUp({ httpPort: 1234 })).rejects.toMatchObject({ code: 'conflict' });
      worktrees = new FakeWorktrees(join(folder, 'code', 'other'));
      ports = { ...ports, worktrees };
      await setUp({ folder: join(folder, 'code', 'other') });
      expect(progress.findLast(({ step, state }) => step === 'claim' && state === 'done')?.detail).toContain(
        'has not the folders of this repository',
      );
    });

    it("refuses a name that is somebody else's, and touches nothing of theirs", async () => {
      await fake.put({ name: 'coppice', mark: undefined, running: true, ports: [], servers: 1, registry: undefined });
      await expect(setUp()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('did not make it'),
      });
      expect(await fake.clusters()).toHaveLength(1);
      expect(await records.all()).toEqual([]);
    });

    it.each(['Coppice', '--all', '../x'])('refuses %s as a name before anything is done', async (name) => {
      await expect(setUp({ name })).rejects.toMatchObject({ code: 'invalidInput' });
      expect(await fake.calls()).toEqual([]);
    });

    it('takes everything back when it is cancelled', async () => {
      await fake.behave({ create: 'hangsLate' });
      const cancel = new AbortController();
      const running = setUp({}, cancel.signal);
      await until(() => progress.some(({ detail }) => detail?.includes('Starting node')));
      expect(await records.read('coppice')).toMatchObject({ state: 'creating' });
      cancel.abort();
      const error: unknown = await running.catch((reason: unknown) => reason);
      expect(isAbort(error)).toBe(true);
      expect(await fake.clusters()).toEqual([]);
      expect(await fake.registries()).toEqual([]);
      expect(await records.all()).toEqual([]);
      expect(chosen.size).toBe(0);
    });

    it('names what it could not take back, and takes it away the next time', async () => {
      await fake.behave({ create: 'hangsLate' });
      const cancel = new AbortController();
      const running = setUp({}, cancel.signal);
      await until(() => progress.some(({ detail }) => detail?.includes('Starting node')));
      await fake.behave({ delete: 'fails' });
      cancel.abort();
      await expect(running).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('Make the cluster coppice: could not be undone'),
      });
      expect(await records.read('coppice')).toMatchObject({ state: 'creating', mark: 'mark-1' });
      await fake.behave({});
      expect(await setUp()).toMatchObject({ found: false });
      expect(await fake.clusters()).toMatchObject([{ mark: 'mark-2' }]);
    });

    it('says that a port was taken while k3d was at it', async () => {
      await fake.behave({ create: 'fails' });
      const running = setUp();
      await until(() => progress.some(({ step }) => step === 'make'));
      taken.add(80);
      await expect(running).rejects.toMatchObject({
        code: 'conflict',
        message: 'Port 80 was taken by another program meanwhile.',
        remedy: { action: { kind: 'retry' } },
      });
      expect(await records.all()).toEqual([]);
    });

    it('waits until Traefik serves, as soon as the API tells it', async () => {
      api.put(deploymentsPath, { ...traefik, status: { conditions: [{ type: 'Available', status: 'False' }] } });
      api.put(servicesPath, { ...traefik, status: {} });
      let isOver = false;
      const running = setUp().then(() => (isOver = true));
      await until(() => (api.watches.get(deploymentsPath) ?? 0) > 0);
      expect(isOver).toBe(false);
      api.put(deploymentsPath, { ...traefik, status: { conditions: [{ type: 'Available', status: 'True' }] } });
      await until(() => (api.watches.get(servicesPath) ?? 0) > 0);
      expect(isOver).toBe(false);
      api.put(servicesPath, { ...traefik, status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } } });
      await running;
      await until(() => api.openWatches === 0);
    });

    it('gives up with what is missing, and takes the cluster back', async () => {
      ports = { ...ports, readiness: new LocalReadiness({ timeoutMs: 300 }) };
      api.delete(deploymentsPath, 'traefik', 'kube-system');
      await expect(setUp()).rejects.toMatchObject({
        code: 'timeout',
        message: expect.stringMatching(/^The cluster was not ready within .* s: k3s has not installed Traefik yet/),
      });
      expect(await fake.clusters()).toEqual([]);
      expect(await records.all()).toEqual([]);
    });

    it('gives up when the API never answers, and says why', async () => {
      ports = { ...ports, readiness: new LocalReadiness({ timeoutMs: 300 }) };
      await api.stop();
      await expect(setUp()).rejects.toMatchObject({
        code: 'timeout',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    });
  });

  describe('started and stopped', () => {
    const startPorts = () => ({
      ...ports,
      startEmbedded: async () => undefined,
      answers: async () => false,
    });
    const stopPorts = () => ({ ...ports, stopEmbedded: async () => ({ cluster: true, databases: true }) });

    it('by its identity', async () => {
      const { identity } = await setUp();
      expect(await stopCluster(stopPorts())(identity, runOf())).toEqual({ cluster: true, databases: false });
      expect(await stopCluster(stopPorts())(identity, runOf())).toEqual({ cluster: false, databases: false });
      expect(await fake.clusters()).toMatchObject([{ running: false }]);
      await startCluster(startPorts())(identity, runOf());
      expect(await fake.clusters()).toMatchObject([{ running: true }]);
    });

    it('says which port is in the way of a start', async () => {
      const { identity } = await setUp();
      await stopCluster(stopPorts())(identity, runOf());
      await fake.behave({ start: 'fails' });
      await expect(startCluster(startPorts())(identity, runOf())).rejects.toMatchObject({
        message: 'k3d could not start the cluster coppice: failed to start node: Ports are not available',
      });
      taken.add(80);
      await expect(startCluster(startPorts())(identity, runOf())).rejects.toMatchObject({
        code: 'conflict',
        message: 'Port 80, which the URLs of coppice have, is taken by another program.',
      });
    });

    it('leaves a cluster alone that Coppice did not make', async () => {
      const identity: ClusterIdentity = { kind: 'context', context: 'work', server: 'https://work.example:6443' };
      await expect(startCluster(startPorts())(identity, runOf())).rejects.toMatchObject({ code: 'notConfigured' });
      await expect(stopCluster(stopPorts())(identity, runOf())).rejects.toMatchObject({ code: 'notConfigured' });
      await startCluster({ ...startPorts(), answers: async () => true })(identity, runOf());
      expect(await fake.calls()).toEqual([]);
    });
  });

  describe('deleted', () => {
    const namespace = (name: string, repository: string): NamespaceRecord => ({
      name,
      uid: name,
      owner: { repositoryId: repository, worktreeId: 'w' },
      terminating: false,
      annotations: {},
    });
    const remove = (accepted: readonly string[] = [], unseen = false) =>
      deleteCluster(ports)({ folder: root, name: 'coppice', accepted, unseen }, runOf());

    it('goes with its registry, its kubeconfig, its record and the choice', async () => {
      await setUp();
      expect(await remove()).toEqual({ name: 'coppice', own: [], others: [], isUnseen: false });
      expect(await fake.clusters()).toEqual([]);
      expect(await fake.registries()).toEqual([]);
      expect(await records.all()).toEqual([]);
      expect(chosen.size).toBe(0);
    });

    it('is refused by name for environments that were not accepted, whosever they are', async () => {
      await setUp();
      namespaces = [namespace('worktree-mine', await repositoryId()), namespace('worktree-theirs', 'another')];
      const contents = await clusterContents(ports)({ folder: root, name: 'coppice' }, runOf());
      expect(contents).toEqual({
        name: 'coppice',
        own: ['worktree-mine'],
        others: ['worktree-theirs'],
        isUnseen: false,
      });
      await expect(remove()).rejects.toMatchObject({
        code: 'conflict',
        message:
          'The cluster coppice has environments that would be lost, also of other repositories: worktree-mine, worktree-theirs.',
      });
      await expect(remove(['worktree-mine'])).rejects.toMatchObject({
        message: expect.stringMatching(/: worktree-theirs\.$/),
      });
      await expect(remove(['worktree-theirs'])).rejects.toMatchObject({
        message: 'The cluster coppice has environments that would be lost: worktree-mine.',
      });
      expect(await fake.clusters()).toHaveLength(1);
      await remove(['worktree-mine', 'worktree-theirs']);
      expect(await fake.clusters()).toEqual([]);
    });

    it('drops the databases of the environments that go with it, and forgets them, also those of other repositories', async () => {
      const { identity: cluster } = await setUp();
      const mine = worktrees;
      const theirs = new FakeWorktrees('/code/theirs');
      theirs.repositoryInfo = { ...theirs.repositoryInfo, id: 'ba9876543210' };
      const all = [mine, theirs];
      class Both extends FakeWorktrees {
        override async repository(at: string): Promise<Repository> {
          const found = all.find(({ repositoryInfo }) => at.startsWith(repositoryInfo.root));
          if (!found) throw new Error(`${at} is in no repository`);
          return found.repository(at);
        }
        override async list(repository: Repository): Promise<Worktree[]> {
          return (repository.id === theirs.repositoryInfo.id ? theirs : mine).list(repository);
        }
      }
      ports = { ...ports, worktrees: new Both() };
      const mainOf = async (one: FakeWorktrees): Promise<Worktree> => {
        const [main] = await one.list(one.repositoryInfo);
        if (!main) throw new Error('no worktree');
        return main;
      };
      for (const [one, slug] of [[mine, 'mine'] as const, [theirs, 'theirs'] as const]) {
        const repository = one.repositoryInfo;
        const owner = { repositoryId: repository.id, worktreeId: slug };
        await identities.write(await mainOf(one), identityOf(slug, { owner, cluster }));
        const { name: template } = await databases.ensureTemplate(
          { name: 't', repositoryId: repository.id, recipe: 'r' },
          async () => undefined,
        );
        await databases.clone({ database: `wt_${slug}`, role: `wt_${slug}`, template, owner });
      }
      namespaces = [
        { ...namespace('worktree-mine', await repositoryId()), annotations: { database: 'wt_mine' } },
        { ...namespace('worktree-theirs', 'another'), annotations: { folder: '/code/theirs' } },
        { ...namespace('worktree-gone', 'third'), annotations: { folder: '/code/gone' } },
      ];
      await remove(['worktree-mine', 'worktree-theirs', 'worktree-gone']);
      for (const one of all) expect(await identities.read(await mainOf(one))).toBeUndefined();
      expect(await databases.owner('wt_mine')).toBeUndefined();
      expect(await databases.owner('wt_theirs')).toBeUndefined();
      // A database is spoken of where the namespace says that there is one.
      const titles = progress.map(({ title }) => title).filter((title) => title.includes('environment'));
      expect([...new Set(titles)].sort()).toEqual([
        'Drop the database of mine, and forget its environment',
        'Forget the environment of theirs',
      ]);
    });

    it('leaves databases alone that are in the cluster: they go with it', async () => {
      const { identity: cluster } = await setUp();
      ports = { ...ports, databases: undefined };
      const [main] = await worktrees.list(worktrees.repositoryInfo);
      if (!main) throw new Error('no worktree');
      await identities.write(
        main,
        identityOf('feature', {
          owner: { repositoryId: worktrees.repositoryInfo.id, worktreeId: 'bbbbbbbbbbbb' },
          cluster,
        }),
      );
      await remove();
      expect(await identities.read(main)).toBeUndefined();
      expect(progress.map(({ title }) => title)).not.toContainEqual(expect.stringContaining('Drop the database'));
    });

    it('is refused while it cannot be seen what is in it, unless told', async () => {
      await setUp();
      namespaces = undefined;
      await expect(remove()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('does not run'),
      });
      await remove([], true);
      expect(await fake.clusters()).toEqual([]);
    });

    it('is not deleted when somebody made it anew', async () => {
      await setUp();
      await fake.behave({});
      const { env } = fake;
      await new K3dClusters({ folder: home, env }).delete('coppice', 'mark-1');
      await fake.put({ name: 'coppice', mark: 'theirs', running: true, ports: [], servers: 1, registry: undefined });
      await expect(remove()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('made anew') });
      expect(await fake.clusters()).toHaveLength(1);
    });

    it('of a name that Coppice never gave is not found', async () => {
      await expect(deleteCluster(ports)({ folder: root, name: 'theirs', accepted: [] }, runOf())).rejects.toMatchObject(
        {
          code: 'notFound',
        },
      );
    });
  });
});
