import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { KubeConnection } from '../../../src/adapters/kubernetes/connection/kubeConnection';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { isAbort } from '../../../src/core/errors';
import type { Owner } from '../../../src/core/model';
import type { ClusterAccess } from '../../../src/core/ports/cluster';
import type { InstallRelease, WorktreeValues } from '../../../src/core/ports/releases';
import { chart, helmPath } from '../../support/helm';
import { silentLog } from '../../support/kubernetesHarness';
import type { Place } from '../../support/place';
import { until } from '../../support/until';
import { hostileBranches, worktreeValues } from '../../support/worktreeValues';
import { releasesContract } from './releasesContract';

/** What holds for Helm on any cluster: what a client that died left behind is taken up, and all that any Releases keep. */
export function helmContract(title: string, makePlace: () => Promise<Place>): void {
  sharedSuite(title, makePlace);
  describe(`Helm and ${title}`, { timeout: 60_000 }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
    const namespace = `worktree-helm-${mark}`;
    const values: WorktreeValues = {
      ...worktreeValues(hostileBranches[4], '/w'),
      // Nothing runs: what is tested is what is installed.
      services: worktreeValues(hostileBranches[4], '/w').services.map((service) => ({ ...service, replicas: 0 })),
      worktree: { ...worktreeValues(hostileBranches[4], '/w').worktree, ...owner },
      ingressClass: null,
    };
    let place: Place;
    let home: string;
    let helm: HelmReleases;
    let cluster: KubernetesCluster;
    let connection: KubeConnection;
    let access: ClusterAccess;
    const request = (): InstallRelease => ({ release: 'one', namespace, chart: undefined, values, access });
    const services = async (): Promise<string[]> =>
      (await cluster.read(owner.repositoryId)).flatMap((one) => one.deployments.map((d) => d.service));

    beforeAll(async () => {
      place = await makePlace();
      home = await mkdtemp(join(tmpdir(), 'coppice-helm-home-'));
      helm = new HelmReleases({
        helmPath: () => helmPath,
        chartFolder: chart,
        home,
        env: { ...process.env, HELM_NAMESPACE: 'default', HELM_DRIVER: 'memory' },
      });
      cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig: place.kubeconfig, log: silentLog });
      connection = new KubeConnection(place.kubeconfig, { kind: 'context' });
      access = await cluster.connect();
      await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    });
    afterAll(async () => {
      await cluster.deleteNamespace(namespace, owner);
      await rm(home, { recursive: true });
      await place.dispose();
    });

    /** Makes the last revision look as if its client had died in the middle. */
    async function leave(status: string, lastDeployed: Date): Promise<void> {
      const list: {
        items: { metadata: { name: string; labels: Record<string, string> }; data: { release: string } }[];
      } = await connection.json({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/secrets`,
        query: { labelSelector: 'owner=helm,name=one' },
        verb: 'list',
        resource: 'secrets',
      });
      const last = list.items
        .sort((a, b) => Number(a.metadata.labels['version']) - Number(b.metadata.labels['version']))
        .at(-1);
      if (!last) throw new Error('Helm has recorded no release.');
      const packed = Buffer.from(Buffer.from(last.data.release, 'base64').toString(), 'base64');
      const release = JSON.parse(gunzipSync(packed).toString()) as { info: { status: string; last_deployed: string } };
      release.info.status = status;
      release.info.last_deployed = lastDeployed.toISOString();
      const repacked = Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
      await connection.json({
        method: 'PATCH',
        path: `/api/v1/namespaces/${namespace}/secrets/${last.metadata.name}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { status } }, data: { release: repacked } },
        verb: 'patch',
        resource: 'secret',
      });
    }

    test.each(['pending-install', 'uninstalling'])(
      'a first install whose client died (%s) is taken up',
      async (status) => {
        await helm.install(request());
        await leave(status, new Date(Date.now() - 1000));
        await helm.install(request());
        expect(await services()).toEqual(['backend', 'frontend', 'worker']);
        await helm.uninstall('one', namespace, access);
      },
    );

    test('an upgrade whose client died is taken up', async () => {
      await helm.install(request());
      await helm.install(request());
      await leave('pending-upgrade', new Date(Date.now() - 1000));
      await helm.install({ ...request(), values: { ...values, services: values.services.slice(0, 2) } });
      expect(await services()).toEqual(['backend', 'frontend']);
      await helm.uninstall('one', namespace, access);
    });

    test('an operation that was begun since may be alive: it is told, and left alone', async () => {
      await helm.install(request());
      await leave('pending-upgrade', new Date(Date.now() + 60_000));
      await expect(helm.install(request())).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('another operation') as string,
      });
      await leave('pending-upgrade', new Date(Date.now() - 1000));
      await helm.install(request());
      await helm.uninstall('one', namespace, access);
    });

    test('an install that is cut off as soon as it has begun is finished by the next', async () => {
      const recorded = async (): Promise<boolean> => {
        const path = `/api/v1/namespaces/${namespace}/secrets`;
        const query = { labelSelector: 'owner=helm' };
        const list: { items: unknown[] } = await connection.json({
          method: 'GET',
          path,
          query,
          verb: 'list',
          resource: 'secrets',
        });
        return list.items.length > 0;
      };
      expect(await recorded()).toBe(false);
      // A hook that never ends keeps Helm in the middle of the install.
      const slow = join(home, 'slow chart');
      await cp(chart, slow, { recursive: true });
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'hook', annotations: { 'helm.sh/hook': 'pre-install' } },
        spec: { nodeSelector: { 'no-such': 'node' }, containers: [{ name: 'hook', image: 'none' }] },
      };
      await writeFile(join(slow, 'templates', 'hook.yaml'), JSON.stringify(pod));
      const cancel = new AbortController();
      const installing = helm.install({ ...request(), chart: slow }, cancel.signal);
      await until(recorded);
      cancel.abort();
      await expect(installing).rejects.toSatisfy(isAbort);
      await helm.install(request());
      expect(await services()).toEqual(['backend', 'frontend', 'worker']);
      await helm.uninstall('one', namespace, access);
    });

    test("a chart that does not render is told in Helm's own first line, and a second try installs", async () => {
      const broken = { ...values, services: [{ ...values.services[0], port: 'x' }] };
      await expect(helm.install({ ...request(), values: broken as never })).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('schema') as string,
      });
      await helm.install(request());
      expect(await services()).toHaveLength(3);
      await helm.uninstall('one', namespace, access);
    });
  });
}

function sharedSuite(title: string, makePlace: () => Promise<Place>): void {
  releasesContract(`Helm and ${title}`, async () => {
    const place = await makePlace();
    const home = await mkdtemp(join(tmpdir(), 'coppice-helm-home-'));
    const cluster = new KubernetesCluster({
      identity: { kind: 'context' },
      kubeconfig: place.kubeconfig,
      log: silentLog,
    });
    const made: [string, Owner][] = [];
    return {
      releases: new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env }),
      access: await cluster.connect(),
      async makeNamespace(name, owner) {
        made.push([name, owner]);
        await cluster.claimNamespace({ name, owner, annotations: {} });
      },
      async services(namespace) {
        const environments = await cluster.read(undefined);
        const found = environments.find((one) => one.namespace === namespace);
        return (found?.deployments ?? []).map((deployment) => deployment.service);
      },
      async dispose() {
        await Promise.all(made.map(([name, owner]) => cluster.deleteNamespace(name, owner)));
        await rm(home, { recursive: true });
        await place.dispose();
      },
    };
  });
}
