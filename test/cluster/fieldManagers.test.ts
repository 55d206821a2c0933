import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../src/adapters/helm/helmReleases';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import type { ClusterAccess } from '../../src/core/ports/cluster';
import type { WorktreeValues } from '../../src/core/ports/releases';
import { chart, helmPath } from '../support/helm';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { silentLog } from '../support/kubernetesHarness';
import { hasKubernetesTools, helms, runTool } from '../support/kubernetesTools';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';
import { worktreeValues } from '../support/worktreeValues';

verifiesKubernetes('which Helm owns which field of a release, and what an upgrade by another one takes over');

/** By major version: what a person may have, and may change under an environment that is there. */
const programs: readonly [title: string, path: string][] = hasKubernetesTools()
  ? helms.flatMap(([version, path], index) =>
      index === 0 || index === helms.length - 1 ? [[`Helm ${version}`, path]] : [],
    )
  : [['Helm', helmPath]];

// An API server remembers who has set which field. Whoever else has changed something of a release, its next install says what is.
describe('who owns the fields of a release', { timeout: 120_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
  const namespace = `worktree-fields-${mark}`;
  const plain = worktreeValues('one', '/w');
  const values = (replicas: number): WorktreeValues => ({
    ...plain,
    worktree: { ...plain.worktree, ...owner },
    // No image of that name is anywhere: nothing runs, here or on a cluster that has nodes.
    services: plain.services.map((service) => ({
      ...service,
      image: 'nowhere.invalid/none:1',
      mount: false,
      replicas,
    })),
    ingressClass: null,
  });
  let home: string;
  let api: KubeConnection;
  let access: ClusterAccess;
  let cluster: KubernetesCluster;
  let workloads: KubernetesWorkloads;

  const helm = (path: string): HelmReleases =>
    new HelmReleases({ helmPath: () => path, chartFolder: chart, home, env: process.env });
  const install = (path: string, replicas: number): Promise<void> =>
    helm(path).install({ release: 'one', namespace, chart: undefined, values: values(replicas), access });
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/backend`;
  const spec = async (): Promise<{ replicas: number; revisionHistoryLimit: number }> =>
    (await api.call('GET', deployment)).json.spec;
  /** As a person's own tool does it: from then on the field is theirs. */
  const applyAsSomebody = async (change: object): Promise<void> => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'backend' }, spec: change };
    const path = `${deployment}?fieldManager=somebody&force=true`;
    const answer = await api.call('PATCH', path, { body, type: 'application/apply-patch+yaml' });
    expect(answer.status, answer.text).toBe(200);
  };

  beforeAll(async () => {
    const { kubeconfig } = await realPlace();
    home = await mkdtemp(join(tmpdir(), 'coppice-fields-home-'));
    api = await connect(kubeconfig.path);
    cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
    workloads = new KubernetesWorkloads(cluster.connection);
    access = await cluster.connect();
    await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
  });
  afterAll(async () => {
    await cluster.deleteNamespace(namespace, owner);
    api.close();
    await rm(home, { recursive: true });
  });
  beforeEach(() => helm(helmPath).uninstall('one', namespace, access));

  describe.each(programs)('made by %s', (_, first) => {
    test.each(programs)(
      'and installed again by %s: the chart has its say over a scale, a restart and a field of somebody',
      async (_, second) => {
        await install(first, 0);
        await workloads.scale(namespace, 'backend', 2, owner);
        await workloads.restart(namespace, 'backend', owner);
        await applyAsSomebody({ revisionHistoryLimit: 9 });
        expect(await spec()).toMatchObject({ replicas: 2, revisionHistoryLimit: 9 });
        await install(second, 1);
        expect(await spec()).toMatchObject({ replicas: 1, revisionHistoryLimit: 2 });
      },
    );
  });

  test.runIf(programs.length > 1)(
    'Helm 4 by itself, as a person calls it, goes on with a release of ours',
    async () => {
      const [, newest] = programs.at(-1) ?? ['', helmPath];
      const connected = ['--namespace', namespace, '--kubeconfig', access.kubeconfig, '--kube-context', access.context];
      await install(newest, 0);
      await workloads.scale(namespace, 'backend', 2, owner);
      const argv = ['upgrade', 'one', chart, '--reuse-values', ...connected];
      const ended = await runTool(newest, argv, { PATH: process.env['PATH'], HOME: home });
      expect(ended.stderr).not.toMatch(/conflict/i);
      expect(ended.code, ended.stderr).toBe(0);
      await install(newest, 1);
      expect(await spec()).toMatchObject({ replicas: 1 });
    },
  );
});
