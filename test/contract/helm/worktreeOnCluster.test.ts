import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { toEnvironment } from '../../../src/core/services/health';
import type { Environment, ServiceStatus } from '../../../src/core/model';
import type { ClusterWatch } from '../../../src/core/ports/cluster';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { chart, helmObtained, helmPath } from '../../support/helm';
import { silentLog } from '../../support/kubernetesHarness';
import { until } from '../../support/until';
import { hostileBranches } from '../../support/worktreeValues';
import { helmVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';

verifies('Helm', () => helmVersion(helmPath), {
  obtained: helmObtained,
  asked: 'charts/worktree on the embedded cluster: installed, brought up to date, uninstalled',
});

const owner = { repositoryId: '0123456789ab', worktreeId: 'ba9876543210' };
const namespace = 'worktree-one';
const branch = hostileBranches.join(' ');
const secret = { DATABASE_URL: 'postgres://u:$(PORT)$$@h/d' };
const server = `
const http = require('node:http');
const { WORKTREE_BRANCH, DATABASE_URL, PORT } = process.env;
http.createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok');
  response.end(JSON.stringify({ WORKTREE_BRANCH, DATABASE_URL, cwd: process.cwd() }));
}).listen(Number(PORT), () => console.log('listening'));
`;

let home: string;
let folder: string;
let embedded: TestCluster;
let cluster: KubernetesCluster;
let workloads: KubernetesWorkloads;
let watch: ClusterWatch;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'coppice-helm-home-'));
  folder = await mkdtemp(join(tmpdir(), "coppice worktree {{ '$(x)' "));
  embedded = await startTestCluster();
  const kubeconfig = { path: embedded.kubeconfig, context: 'coppice-embedded' };
  cluster = new KubernetesCluster({ identity: { kind: 'embedded' }, kubeconfig, log: silentLog });
  workloads = new KubernetesWorkloads(cluster.connection);
  watch = cluster.watch(owner.repositoryId);
});
afterAll(async () => {
  watch.dispose();
  await embedded.dispose();
  await rm(home, { recursive: true });
  await rm(folder, { recursive: true });
});

function environment(): Environment | undefined {
  const { current } = watch;
  const facts = current.state === 'online' ? current.environments[0] : undefined;
  return facts && toEnvironment(facts);
}
const web = (): ServiceStatus | undefined => environment()?.services.find((service) => service.name === 'web');

function get(host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: embedded.gatewayPort, path, headers: { host }, agent: false },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.once('end', () => resolve(text));
      },
    );
    call.once('error', reject);
    call.end();
  });
}

test(
  'the chart on the embedded cluster: healthy at its URL, broken with the reason, mended, gone',
  { timeout: 60_000 },
  async () => {
    await writeFile(join(folder, 'server.js'), server);
    const access = await cluster.connect();
    await cluster.claimNamespace({
      name: namespace,
      owner,
      annotations: { slug: 'one', folder, ref: `refs/heads/${branch}` },
    });
    await cluster.putSecret(namespace, 'database', secret, owner);
    const common = { image: 'node:24', routes: [], health: null, replicas: 1, mount: true } as const;
    const values: WorktreeValues = {
      worktree: { name: 'one', branch, folder, host: 'one.localhost', ...owner },
      services: [
        {
          ...common,
          name: 'web',
          command: [process.execPath, 'server.js'],
          port: 3000,
          routes: ['/'],
          env: { WORKTREE_BRANCH: branch, PORT: '3000' },
          health: '/healthz',
        },
        {
          ...common,
          name: 'worker',
          command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
          port: null,
          env: {},
        },
      ],
      databaseSecret: 'database',
      ingressClass: null,
    };
    const helm = new HelmReleases({ helmPath: () => helmPath, chartFolder: chart, home, env: process.env });
    const release = { release: 'one', namespace, access };
    await helm.install({ ...release, chart: undefined, values });

    await until(() => environment()?.health === 'healthy', 20_000);
    expect(environment()).toMatchObject({ slug: 'one', folder, ref: `refs/heads/${branch}` });
    expect(environment()?.services.map(({ name, state, ready, desired }) => ({ name, state, ready, desired }))).toEqual(
      [
        { name: 'web', state: 'Running', ready: 1, desired: 1 },
        { name: 'worker', state: 'Running', ready: 1, desired: 1 },
      ],
    );
    expect(web()?.urls).toEqual([`http://one.localhost:${embedded.gatewayPort}/`]);
    expect(JSON.parse(await get('one.localhost', '/'))).toEqual({ WORKTREE_BRANCH: branch, ...secret, cwd: folder });

    await writeFile(join(folder, 'server.js'), 'console.error("the cause"); process.exit(3);');
    await workloads.restart(namespace, 'web', owner);
    await until(() => web()?.state === 'CrashLoopBackOff' && environment()?.health === 'degraded', 20_000);
    expect(web()?.reason).toContain('exit code 3');

    await writeFile(join(folder, 'server.js'), server);
    await workloads.restart(namespace, 'web', owner);
    await until(() => environment()?.health === 'healthy' && web()?.pods.length === 1, 20_000);
    expect(JSON.parse(await get('one.localhost', '/'))).toMatchObject(secret);

    await helm.uninstall('one', namespace, access);
    await cluster.deleteNamespace(namespace, owner);
    await until(() => watch.current.state === 'online' && watch.current.environments.length === 0);
  },
);
