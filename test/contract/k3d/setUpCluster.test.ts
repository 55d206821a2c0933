import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { K3dClusters } from '../../../src/adapters/k3d/k3dClusters';
import type { K3dRecords } from '../../../src/adapters/k3d/k3dRecords';
import { LocalReadiness } from '../../../src/adapters/kubernetes/localReadiness';
import { type DeleteClusterPorts } from '../../../src/app/cluster/deleteCluster';
import type { Progress } from '../../../src/app/run/run';
import { setUpCluster, type SetUpPorts, type SetUpRequest } from '../../../src/app/cluster/setUpCluster';
import { startCluster } from '../../../src/app/cluster/startCluster';
import { stopCluster } from '../../../src/app/cluster/stopCluster';
import { isAbort } from '../../../src/core/errors';
import type { ClusterIdentity } from '../../../src/core/model';
import type { NamespaceRecord } from '../../../src/core/ports/cluster';
import type { ChosenCluster } from '../../../src/core/ports/clusters';
import type { LocalClusterPlan } from '../../../src/core/ports/localClusters';
import { type FakeK3d } from '../../support/fakeK3d';
import type { FakePorts } from '../../support/fakes/fakePorts';
import { FakeWorktrees } from '../../support/fakes/fakeWorktrees';
import type { StubApiServer } from '../../support/stubApiServer';
import { until } from '../../support/until';
import { makeK3dWorld } from './k3dWorld';

const traefik = { metadata: { name: 'traefik', namespace: 'kube-system' } };
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
  let worktrees: FakeWorktrees;
  let namespaces: NamespaceRecord[] | undefined;
  let progress: Progress[];

  beforeEach(async () => {
    namespaces = [];
    progress = [];
    ({ folder, home, root, fake, api, ports, records, taken, chosen, worktrees } = await makeK3dWorld(
      () => namespaces,
    ));
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
});
