import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { createNamespace, deploy, expectStatus, makeFolder, throughGateway } from '../../support/services';
import { until } from '../../support/until';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder({});
  cluster = await startTestCluster();
  await createNamespace(cluster, 'crowd');
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

const deadlineSeconds = 1;
const crashing = Array.from({ length: 10 }, (_, i) => `crashing-${i}`);
const unready = Array.from({ length: 4 }, (_, i) => `unready-${i}`);

async function add(name: string, command: readonly string[], container: object): Promise<void> {
  const labels = { app: name };
  await expectStatus(cluster, 201, 'POST', '/apis/apps/v1/namespaces/crowd/deployments', {
    metadata: { name },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: deadlineSeconds,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'coppice.dev/folder': folder.path } },
        spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'main', image: 'any', command, ...container }] },
      },
    },
  });
}

interface Pods {
  items?: {
    status?: { containerStatuses?: { state: { waiting?: { reason?: string }; running?: object } }[] };
  }[];
}

interface Listed {
  items?: {
    metadata: { name: string };
    status?: {
      availableReplicas?: number;
      conditions?: { type: string; reason: string; lastUpdateTime: string }[];
    };
  }[];
}

/** Those whose rollout was complete, that are not available, and whose deadline is over. */
async function stuck(): Promise<string[]> {
  const list: Listed = await expectStatus(cluster, 200, 'GET', '/apis/apps/v1/namespaces/crowd/deployments');
  return (list.items ?? []).flatMap(({ metadata, status }) => {
    const progress = status?.conditions?.find(({ type }) => type === 'Progressing');
    const since = Date.now() - Date.parse(progress?.lastUpdateTime ?? '');
    const isStuck =
      (status?.availableReplicas ?? 0) === 0 &&
      progress?.reason === 'NewReplicaSetAvailable' &&
      since > (deadlineSeconds + 2) * 1000;
    return isStuck ? [metadata.name] : [];
  });
}

it('starts thirty services at once, without one that waits for its turn at a registry that is not asked', async () => {
  await createNamespace(cluster, 'many');
  const names = Array.from({ length: 30 }, (_, i) => `service-${i}`);
  const seen = new Set<string>();
  const running = async (): Promise<boolean> => {
    const { items = [] }: Pods = await expectStatus(cluster, 200, 'GET', '/api/v1/namespaces/many/pods');
    const states = items.flatMap(({ status }) => status?.containerStatuses?.map(({ state }) => state) ?? []);
    for (const { waiting } of states) if (waiting?.reason !== undefined) seen.add(waiting.reason);
    return states.filter(({ running }) => running !== undefined).length === names.length;
  };
  // Kubernetes pulls what is called latest each time.
  const options = { folder: folder.path, command: ['sleep', '1000'], container: { image: 'any' } };
  await Promise.all(names.map((name) => deploy(cluster, 'many', name, options)));
  await until(running, 30_000);
  expect([...seen].filter((reason) => reason !== 'ContainerCreating')).toEqual([]);
  await expectStatus(cluster, 200, 'DELETE', '/api/v1/namespaces/many');
}, 60_000);

it('answers, serves and ends while services crash and others are not ready any more, past their deadlines', async () => {
  const probe = { exec: { command: ['test', '!', '-e', 'sick'] }, periodSeconds: 1, failureThreshold: 1 };
  await Promise.all([
    ...crashing.map((name) => add(name, ['sh', '-c', 'sleep 1; exit 1'], {})),
    ...unready.map((name) => add(name, ['sleep', '1000'], { readinessProbe: probe })),
  ]);
  const available = async (): Promise<string[]> => {
    const list: Listed = await expectStatus(cluster, 200, 'GET', '/apis/apps/v1/namespaces/crowd/deployments');
    return (list.items ?? []).flatMap(({ metadata, status }) => (status?.availableReplicas === 1 ? metadata.name : []));
  };
  await until(async () => {
    const now = await available();
    return unready.every((name) => now.includes(name));
  }, 20_000);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(`${folder.path}/sick`, '');
  await until(async () => {
    const now = await stuck();
    return unready.every((name) => now.includes(name)) && crashing.filter((name) => now.includes(name)).length >= 5;
  }, 25_000);

  // Every 5 ms a look at each would take all of the time from here on.
  for (let i = 0; i < 100; i++) {
    const begin = performance.now();
    expect((await cluster.api('GET', '/api/v1/namespaces/crowd')).status).toBe(200);
    expect((await throughGateway(cluster, 'nobody.localhost')).status).toBe(404);
    expect(performance.now() - begin).toBeLessThan(5_000);
  }
  const begin = performance.now();
  await cluster.stop();
  expect(performance.now() - begin).toBeLessThan(15_000);
}, 60_000);
