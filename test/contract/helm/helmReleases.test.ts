import { chmod, cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { KubeConnection, type KubeconfigSource } from '../../../src/adapters/kubernetes/kubeConnection';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { isAbort } from '../../../src/core/errors';
import type { Owner } from '../../../src/core/model';
import type { ClusterAccess, InstallRelease, WorktreeValues } from '../../../src/core/ports';
import { startTestCluster } from '../../support/embeddedCluster';
import { chart, helmPath } from '../../support/helm';
import { silentLog } from '../../support/kubernetesHarness';
import { until } from '../../support/until';
import { releasesContract } from './releasesContract';
import { hostileBranches, worktreeValues } from '../../support/worktreeValues';

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('Helm as a program', () => {
  let folder: string;
  const access: ClusterAccess = { server: 'https://127.0.0.1:1', kubeconfig: '/nowhere/kubeconfig', context: 'c' };
  const request = (values = worktreeValues(hostileBranches[0], '/w')): InstallRelease => ({
    release: 'one',
    namespace: 'n',
    chart: undefined,
    values,
    access,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-fake-helm-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A program in Helm's place; `body` is JavaScript with `argv` and `fs`. */
  async function stub(name: string, body: string): Promise<HelmReleases> {
    const helm = join(folder, name);
    await writeFile(
      helm,
      `#!${process.execPath}\nconst fs = require('node:fs'); const argv = process.argv.slice(2);\n${body}\n`,
    );
    await chmod(helm, 0o700);
    return new HelmReleases({
      helmPath: helm,
      chartFolder: chart,
      home: join(folder, 'home'),
      env: { ...process.env, HELM_NAMESPACE: 'theirs', KUBECONFIG: '/theirs' },
    });
  }

  const valuesFolders = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => /^coppice-helm-/.test(name));

  test('gets values in a file of its user alone, which is gone afterwards', async () => {
    const said = join(folder, 'said.json');
    const helm = await stub(
      'record',
      `const file = argv[argv.indexOf('--values') + 1];
       fs.writeFileSync(${JSON.stringify(said)}, JSON.stringify({ argv, file, mode: fs.statSync(file).mode & 0o777, values: fs.readFileSync(file, 'utf8'), env: process.env }));`,
    );
    await helm.install(request());
    const heard = JSON.parse(await readFile(said, 'utf8')) as {
      argv: string[];
      file: string;
      mode: number;
      values: string;
      env: Record<string, string>;
    };
    expect(heard.mode).toBe(0o600);
    expect(JSON.parse(heard.values)).toEqual(request().values);
    expect(heard.argv.join(' ')).not.toContain('$(id)');
    expect(heard.env).not.toHaveProperty('HELM_NAMESPACE');
    expect(heard.env).not.toHaveProperty('KUBECONFIG');
    await expect(readFile(heard.file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is ended when the work is cancelled, and leaves no values behind', async () => {
    const before = await valuesFolders();
    const started = join(folder, 'started');
    const helm = await stub(
      'hang',
      `fs.writeFileSync(${JSON.stringify(started)}, ''); setInterval(() => undefined, 1000);`,
    );
    const cancel = new AbortController();
    const installing = helm.install(request(), cancel.signal);
    await until(() =>
      readFile(started, 'utf8').then(
        () => true,
        () => false,
      ),
    );
    cancel.abort();
    await expect(installing).rejects.toSatisfy(isAbort);
    expect(await valuesFolders()).toEqual(before);
  });

  test.each([
    ['v3.10.1+g9f88ccb', undefined],
    ['v4.0.0', undefined],
    ['v3.7.2+g663a896', 'missingTool'],
    ['v2.17.0', 'missingTool'],
  ])('version %s: %s', async (version, code) => {
    const helm = await stub(`version-${version}`, `console.log(${JSON.stringify(version)});`);
    const verdict = await helm.verifyTool().then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
    expect(verdict).toBe(code);
  });

  test('that is missing is told with what to do', async () => {
    const helm = new HelmReleases({
      helmPath: 'no-such-helm',
      chartFolder: chart,
      home: join(folder, 'home'),
      env: process.env,
    });
    await expect(helm.verifyTool()).rejects.toMatchObject({
      code: 'missingTool',
      remedy: { action: { setting: 'coppice.helm.path' } },
    });
    await expect(helm.install(request())).rejects.toMatchObject({ code: 'missingTool' });
  });

  test('a chart whose place depends on the current folder is refused', async () => {
    const helm = await stub('never', 'process.exit(0)');
    await expect(helm.install({ ...request(), chart: 'charts/mine' })).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

interface Place {
  readonly kubeconfig: KubeconfigSource;
  dispose(): Promise<void>;
}

function helmContract(title: string, makePlace: () => Promise<Place>): void {
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
        helmPath,
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

async function embeddedPlace(): Promise<Place> {
  const cluster = await startTestCluster();
  return {
    kubeconfig: { path: cluster.kubeconfig, context: 'coppice-embedded' },
    dispose: () => cluster.dispose(),
  };
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
      releases: new HelmReleases({ helmPath, chartFolder: chart, home, env: process.env }),
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

helmContract('the embedded cluster', embeddedPlace);
sharedSuite('the embedded cluster', embeddedPlace);

const real = process.env['COPPICE_TEST_KUBECONFIG'];
if (real) {
  const realPlace = async (): Promise<Place> => {
    const { 'current-context': context } = parse(readFileSync(real, 'utf8')) as { 'current-context': string };
    return { kubeconfig: { path: real, context }, dispose: async () => undefined };
  };
  helmContract('a real Kubernetes', realPlace);
  sharedSuite('a real Kubernetes', realPlace);
}
