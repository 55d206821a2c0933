import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { starterOf } from '../../../src/app/services/starterOf';
import { waitReady, type Readiness } from '../../../src/app/services/waitReady';
import type { PodFacts } from '../../../src/core/facts';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { whileEndingPods } from '../../support/endPods';
import { chart, helmPath } from '../../support/helm';
import { silentLog } from '../../support/kubernetesHarness';
import type { Place } from '../../support/place';
import { until } from '../../support/until';
import { worktreeValues } from '../../support/worktreeValues';

type Service = WorktreeValues['services'][number];

const serving = `require('node:http').createServer((_, answer) => answer.end()).listen(Number(process.env.PORT))`;
const stays = 'setInterval(() => undefined, 150_000)';

/** Services that wait for others, and such as run to their end: the same on the embedded cluster and on any Kubernetes. */
export function startOrderContract(title: string, makePlace: () => Promise<Place>): void {
  describe(`Services that wait: ${title}`, { timeout: 300_000 }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
    const namespace = `worktree-order-${mark}`;
    let place: Place;
    let home: string;
    let cluster: KubernetesCluster;
    let workloads: KubernetesWorkloads;
    let helm: HelmReleases | undefined;

    const pods = async (service: string): Promise<readonly PodFacts[]> => {
      const [found] = await cluster.read(owner.repositoryId);
      return (found?.pods ?? []).filter((pod) => pod.service === service);
    };
    const install = async (own: Readonly<Record<string, Partial<Service> & { readonly script: string }>>) => {
      const { worktree } = worktreeValues('main', place.folder);
      const values: WorktreeValues = {
        worktree: { ...worktree, ...owner },
        services: Object.entries(own).map(([name, { script, ...more }]) => ({
          ...{ name, image: place.image, command: [place.node, '-e', script], port: null, routes: [] },
          ...{ env: {}, health: null, replicas: 1, mount: false, ...more },
        })),
        databaseSecret: null,
        ingressClass: null,
      };
      await helm?.install({ release: 'one', namespace, chart: undefined, values, access: await cluster.connect() });
      return values.services;
    };
    const wait = async (services: WorktreeValues['services'], again: readonly string[]): Promise<Readiness> => {
      const { signal } = new AbortController();
      const starter = starterOf(workloads, { namespace, owner, again: new Set(again) }, signal);
      const options = { timeoutMs: 90_000, steadyMs: 1000, starter };
      const awaited = services.map(({ name, port, dependsOn }) => ({
        ...{ name, port: port ?? undefined, dependsOn: dependsOn ?? {} },
      }));
      return waitReady(cluster, { ...owner, namespace }, awaited, options, signal);
    };
    const db = { script: `setTimeout(() => { ${serving} }, 2000)`, port: 4000, env: { PORT: '4000' } };
    const migrate = { script: 'setTimeout(() => console.log("migrated"), 1000)', once: true };

    beforeAll(async () => {
      place = await makePlace();
      home = await mkdtemp(join(tmpdir(), 'coppice-order-home-'));
      const { kubeconfig } = place;
      cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
      workloads = new KubernetesWorkloads(cluster.connection);
      await cluster.connect();
      await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
      helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
    }, 120_000);
    afterAll(async () => {
      await helm?.uninstall('one', namespace, await cluster.connect());
      await whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner));
      await rm(home, { recursive: true });
      await place.dispose();
    }, 180_000);

    test('are started one after the other, and run to their end', async () => {
      const services = await install({
        api: { script: serving, port: 3000, env: { PORT: '3000' }, dependsOn: { migrate: 'completed', db: 'healthy' } },
        migrate: { ...migrate, dependsOn: { db: 'healthy' } },
        db,
      });
      expect(await pods('api')).toEqual([]);
      expect(await wait(services, ['migrate'])).toMatchObject({
        ready: true,
        services: [
          { name: 'api', state: 'Running', health: 'healthy' },
          { name: 'db', state: 'Running', health: 'healthy' },
          { name: 'migrate', state: 'Completed', health: 'healthy', ready: 1, desired: 1, restarts: 0 },
        ],
      });
      const [[first], [second], [third]] = [await pods('db'), await pods('migrate'), await pods('api')];
      // A cluster tells whole seconds.
      expect(second?.createdAt).toBeGreaterThanOrEqual((first?.createdAt ?? Infinity) + 1000);
      expect(third?.createdAt).toBeGreaterThanOrEqual((second?.createdAt ?? Infinity) + 1000);
    });

    test('leave what runs alone with an update, until they may take its place', async () => {
      const before = await pods('api');
      const run = (await pods('migrate'))[0]?.run;
      const services = await install({
        api: { script: serving, port: 3000, env: { PORT: '3000', B: '' }, dependsOn: { migrate: 'completed' } },
        migrate: { script: 'console.error("Error: no such table"); process.exit(3)', once: true },
        db,
      });
      expect(await wait(services, ['migrate'])).toMatchObject({
        ready: false,
        services: [
          { name: 'api', state: 'Waiting', health: 'degraded', reason: 'waits for migrate, which fails', ready: 1 },
          { name: 'db', state: 'Running' },
          { name: 'migrate', state: 'Error', health: 'degraded', reason: 'exit code 3: Error: no such table' },
        ],
      });
      expect(await pods('api')).toMatchObject(before.map(({ name }) => ({ name })));
      const [failed] = await pods('migrate');
      expect(failed).toMatchObject({ restarts: 0, phase: 'Failed' });
      expect(failed?.run).not.toBe(run);
      // What holds it back is not changed by a restart, which a cluster would do at once.
      await workloads.restart(namespace, 'api', owner);
      await workloads.release(namespace, 'api', owner);
      await until(async () => {
        const now = (await pods('api')).filter(({ isDeleting }) => !isDeleting);
        return now.length === 1 && now[0]?.isReady && now[0].name !== before[0]?.name;
      }, 150_000);
    });

    test('never run twice at a time, and only under their owner', async () => {
      await install({ migrate: { script: stays, once: true }, db });
      const first = await workloads.runOnce(namespace, 'migrate', owner);
      await until(async () => (await pods('migrate')).some(({ phase }) => phase === 'Running'), 150_000);
      const all = await Promise.allSettled([1, 2, 3].map(() => workloads.runOnce(namespace, 'migrate', owner)));
      const runs = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(runs).toHaveLength(1);
      for (const each of all)
        if (each.status === 'rejected')
          expect(each.reason).toMatchObject({
            code: 'conflict',
            message: expect.stringContaining('has just started "migrate"'),
          });
      expect(runs[0]).not.toBe(first);
      await until(async () => (await pods('migrate')).map(({ run }) => run).join() === runs[0], 150_000);
      const other = { ...owner, worktreeId: `cc${mark}` };
      // One after the other: what is refused before anybody listens to it is an error of the whole run.
      for (const refused of [
        () => workloads.runOnce(namespace, 'migrate', other),
        () => workloads.release(namespace, 'migrate', other),
      ])
        await expect(refused()).rejects.toMatchObject({ code: 'conflict' });
      await expect(workloads.runOnce(namespace, 'db', owner)).rejects.toMatchObject({ code: 'conflict' });
      await expect(workloads.scale(namespace, 'migrate', 2, owner)).rejects.toMatchObject({ code: 'invalidInput' });
    });

    test('go with the release that they are of', async () => {
      expect(await pods('migrate')).toHaveLength(1);
      await install({ db });
      await until(async () => (await pods('migrate')).length === 0, 150_000);
      // The one before it may still be ending.
      const left = async () => (await pods('db')).filter(({ isDeleting }) => !isDeleting);
      await until(async () => (await left()).length === 1, 150_000);
    });
  });
}
