import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { toEnvironment } from '../../src/core/services/health';
import type { ServiceStatus } from '../../src/core/model';
import type { ClusterWatch } from '../../src/core/ports/cluster';
import { whileEndingPods } from '../support/endPods';
import { silentLog } from '../support/kubernetesHarness';
import { realPlace, type Place } from '../support/place';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('what is said of pods that do not start');

interface Parts {
  readonly pod?: object;
  readonly container?: object;
}

// What pods of one's own charts come to, where there are a scheduler, volumes and init containers.
describe('What is seen of pods that do not start', { timeout: 90_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
  const namespace = `worktree-states-${mark}`;
  let place: Place;
  let cluster: KubernetesCluster;
  let watch: ClusterWatch;

  const status = (name: string): ServiceStatus | undefined =>
    watch.current.state === 'online'
      ? watch.current.environments.flatMap((one) => toEnvironment(one).services).find((one) => one.name === name)
      : undefined;
  const node = (script: string): string[] => [place.node, '-e', script];
  const stay = 'setInterval(() => {}, 1000)';
  const init = (script: string): Parts => ({
    pod: {
      initContainers: [
        { name: 'prepare', image: place.image, command: node('') },
        {
          ...{ name: 'migrate', image: place.image, command: node(script) },
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
    },
  });
  const services = (): Record<string, Parts> => ({
    'no-node': { pod: { nodeSelector: { 'coppice.dev/nowhere': 'yes' } } },
    'too-much': { container: { resources: { requests: { cpu: '1000' } } } },
    'no-volume': {
      pod: { volumes: [{ name: 'v', configMap: { name: 'absent' } }] },
      container: { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    },
    'no-image-name': { container: { image: 'Not A Name' } },
    'init-fails': init('console.error("Error: no such table"); process.exit(2)'),
    'init-runs': init(stay),
    'init-is-done': init(''),
  });
  const run = async (name: string, { pod = {}, container = {} }: Parts): Promise<void> => {
    const labels = {
      'coppice.dev/repository': owner.repositoryId,
      'coppice.dev/worktree': owner.worktreeId,
      'coppice.dev/service': name,
    };
    const containers = [{ name, image: place.image, command: node(stay), ...container }];
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: { 'coppice.dev/service': name } },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers, ...pod } },
      },
    };
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await cluster.connection.json({ method: 'POST', path, body, verb: 'create', resource: name });
  };

  beforeAll(async () => {
    place = await realPlace();
    const { kubeconfig } = place;
    cluster = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
    await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
    watch = cluster.watch(owner.repositoryId);
    for (const [name, parts] of Object.entries(services())) await run(name, parts);
  }, 60_000);
  afterAll(async () => {
    watch.dispose();
    await whileEndingPods(place, namespace, cluster.deleteNamespace(namespace, owner));
  }, 120_000);

  test.each<[string, Pick<ServiceStatus, 'state' | 'health'>, RegExp]>([
    ['no-node', { state: 'Pending', health: 'degraded' }, /^0\/\d+ nodes are available: .*node/],
    ['too-much', { state: 'Pending', health: 'degraded' }, /Insufficient cpu/],
    ['no-volume', { state: 'ContainerCreating', health: 'progressing' }, /configmap "absent" not found/],
    ['no-image-name', { state: 'InvalidImageName', health: 'degraded' }, /Not A Name/],
    ['init-runs', { state: 'Init:1/2', health: 'progressing' }, /^init container migrate runs$/],
    [
      'init-fails',
      { state: 'Init:CrashLoopBackOff', health: 'degraded' },
      /^init container migrate: exit code 2: Error: no such table$/,
    ],
    ['init-is-done', { state: 'Running', health: 'healthy' }, /^undefined$/],
  ])('%s', async (name, expected, reason) => {
    let last: ServiceStatus | undefined;
    await until(() => {
      last = status(name);
      return last?.state === expected.state && last.health === expected.health && reason.test(String(last.reason));
    }, 60_000).catch(() => expect(last).toMatchObject({ ...expected, reason: expect.stringMatching(reason) }));
  });
});
