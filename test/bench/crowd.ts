import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestCluster, type TestCluster } from '../support/embeddedCluster';
import { createNamespace, expectStatus, podsOf } from '../support/services';
import { until } from '../support/until';
import { timed, type Bench, type Figure } from './figure';
import { memoryKb } from './memoryKb';

const namespaces = 20;
/** What sysconf(_SC_CLK_TCK) answers on every Linux. */
const ticksPerSecond = 100;

/**
 * The embedded cluster with many services of which half crash for ever: what it costs, whether it answers, how it ends. Ten minutes of it
 * with COPPICE_BENCH_CROWD_SECONDS=600.
 */
export const crowd: Bench = {
  name: 'crowd',
  skipped: () => (process.platform === 'linux' ? undefined : 'what a process uses is read from /proc'),
  async run({ quick }) {
    const seconds = Number(process.env['COPPICE_BENCH_CROWD_SECONDS'] || (quick ? 15 : 60));
    const [services, pods] = quick ? [40, 100] : [200, 500];
    return [...(await measureCrowd(services, seconds)), await measureMemory(pods)];
  },
};

async function measureCrowd(services: number, seconds: number): Promise<Figure[]> {
  // What is healthy listens here: two hundred programs of their own would measure the machine.
  const listener = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const cluster = await startTestCluster();
  try {
    for (let i = 0; i < namespaces; i++) await createNamespace(cluster, `crowd-${i}`);
    for (let i = 0; i < services; i++) {
      const [namespace, name] = [`crowd-${i % namespaces}`, `service-${i}`];
      if (i % 2 === 0) await add(cluster, namespace, name, ['sh', '-c', 'sleep 3; exit 1'], {});
      else {
        const readinessProbe = { tcpSocket: { port }, periodSeconds: 1, timeoutSeconds: 2 };
        await add(cluster, namespace, name, ['sleep', '100000'], { ports: [{ containerPort: port }], readinessProbe });
      }
    }
    await until(async () => (await availableOf(cluster)) >= services / 2, 180_000);
    const answers: number[] = [];
    const [begin, before] = [performance.now(), cpuSeconds(cluster.pid)];
    while (performance.now() - begin < seconds * 1000) {
      answers.push(await timed(() => expectStatus(cluster, 200, 'GET', '/api/v1/namespaces/crowd-1')));
      await delay(500);
    }
    const share = ((cpuSeconds(cluster.pid) - before) / ((performance.now() - begin) / 1000)) * 100;
    const stop = await timed(() => cluster.stop());
    const what = `${services} services of which ${services / 2} crash, ${seconds} s`;
    return [
      figure(`${what}: API, 99 of 100 answers`, 'ms', percentile(answers, 0.99), 100, answers.length),
      figure(`${what}: the cluster's processor, of one core`, '%', share, 10, 1),
      figure(`${what}: stop, until nothing is left`, 'ms', stop, 15_000, 1),
    ];
  } finally {
    await cluster.dispose();
    listener.close();
  }
}

/** Pods are replaced until so many were; what stays of them in memory is a leak. */
async function measureMemory(pods: number): Promise<Figure> {
  const cluster = await startTestCluster();
  try {
    await createNamespace(cluster, 'turnover');
    const size = 10;
    await add(cluster, 'turnover', 'web', ['sleep', '100000'], {}, size);
    const few = 20;
    let early = 0;
    for (let replaced = 0; replaced < pods; replaced += size) {
      const running = await until(async () => {
        const found = await podsOf(cluster, 'turnover', 'web');
        return found.length === size && found.every(({ status }) => status.phase === 'Running') ? found : undefined;
      }, 60_000);
      if (replaced === few) early = memoryKb(cluster.pid);
      for (const { metadata } of running)
        await cluster.api('DELETE', `/api/v1/namespaces/turnover/pods/${metadata.name}`);
    }
    return {
      name: `The cluster's memory after ${pods} replaced pods`,
      unit: 'KB',
      value: memoryKb(cluster.pid),
      runs: 1,
      yardstick: { name: `after ${few}`, value: early },
      goals: [{ kind: 'ratio', most: 1.3 }],
    };
  } finally {
    await cluster.dispose();
  }
}

async function add(
  cluster: TestCluster,
  namespace: string,
  name: string,
  command: readonly string[],
  container: object,
  replicas = 1,
): Promise<void> {
  const labels = { app: name };
  await expectStatus(cluster, 201, 'POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: {
      replicas,
      progressDeadlineSeconds: 20,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'main', image: 'any', command, ...container }] },
      },
    },
  });
}

async function availableOf(cluster: TestCluster): Promise<number> {
  const list: { items?: { status?: { availableReplicas?: number } }[] } = await expectStatus(
    cluster,
    200,
    'GET',
    '/apis/apps/v1/deployments',
  );
  return (list.items ?? []).filter(({ status }) => (status?.availableReplicas ?? 0) > 0).length;
}

function figure(name: string, unit: Figure['unit'], value: number, most: number, runs: number): Figure {
  return { name, unit, value, runs, goals: [{ kind: 'value', most }] };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** proc(5): fields 14 and 15, user and system time. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
