import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubernetesCluster } from '../../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { silentLog } from '../../support/kubernetesHarness';
import { until } from '../../support/until';

const owner = { repositoryId: 'aaaaaaaaaaaa', worktreeId: 'bbbbbbbbbbbb' };
const namespace = 'worktree-forward';
/** Says what it heard, and never hangs up. */
const server = `require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {}).on('data', (data) => socket.write('heard ' + data));
}).listen(Number(process.env.PORT))`;

let embedded: TestCluster;
let folder: string;
let cluster: KubernetesCluster;
let workloads: KubernetesWorkloads;

beforeAll(async () => {
  embedded = await startTestCluster();
  folder = await mkdtemp(join(tmpdir(), 'coppice-forward-'));
  const kubeconfig = { path: embedded.kubeconfig, context: 'coppice-embedded' };
  cluster = new KubernetesCluster({ identity: { kind: 'embedded' }, kubeconfig, log: silentLog });
  workloads = new KubernetesWorkloads(cluster.connection);
  await cluster.claimNamespace({ name: namespace, owner, annotations: {} });
  const labels = {
    'coppice.dev/repository': owner.repositoryId,
    'coppice.dev/worktree': owner.worktreeId,
    'coppice.dev/service': 'web',
  };
  const container = {
    ...{ name: 'web', image: 'node', command: [process.execPath, '-e', server] },
    ...{ env: [{ name: 'PORT', value: '3000' }], ports: [{ containerPort: 3000 }] },
    readinessProbe: { tcpSocket: { port: 3000 }, periodSeconds: 1 },
  };
  const { status } = await embedded.api('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: {
      selector: { matchLabels: { 'coppice.dev/service': 'web' } },
      template: {
        metadata: { labels, annotations: { 'coppice.dev/folder': folder } },
        spec: { terminationGracePeriodSeconds: 0, containers: [container] },
      },
    },
  });
  expect(status).toBe(201);
  await ready();
}, 60_000);
afterAll(async () => {
  await embedded.dispose();
  await rm(folder, { recursive: true });
});

async function ready(): Promise<void> {
  await until(async () => {
    const facts = await cluster.read(owner.repositoryId).catch(() => []);
    return facts[0]?.pods.some((pod) => pod.isReady);
  }, 30_000);
}

interface Call {
  readonly heard: () => string;
  /** Whether it was ended from the other side, in good order or not. */
  readonly isOver: () => boolean;
  readonly socket: Socket;
}

function call(port: number, text: string): Call {
  let heard = '';
  let isOver = false;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(text));
  socket.on('data', (data: Buffer) => (heard += data.toString()));
  socket.on('error', () => (isOver = true));
  socket.once('end', () => socket.end());
  socket.once('close', () => (isOver = true));
  return { heard: () => heard, isOver: () => isOver, socket };
}

test('a forward outlives the cluster, and tells what did not work meanwhile', { timeout: 60_000 }, async () => {
  const forward = await workloads.forward(namespace, 'web', { port: undefined }, owner);
  const problems: string[] = [];
  forward.onDidFail((problem) => problems.push(problem));
  try {
    const before = call(forward.localPort, 'x');
    await until(() => before.heard() === 'heard x');
    await embedded.crash();
    await until(before.isOver);
    const meanwhile = call(forward.localPort, 'y');
    await until(meanwhile.isOver);
    expect(meanwhile.heard()).toBe('');
    await until(() => problems.some((problem) => problem.startsWith('The cluster does not answer at ')));
    embedded = await embedded.startAgain();
    await ready();
    const after = call(forward.localPort, 'z');
    await until(() => after.heard() === 'heard z');
    after.socket.destroy();
  } finally {
    forward.dispose();
  }
});

test('a client that sends no more still hears, and holds nothing for ever', { timeout: 30_000 }, async () => {
  const forward = await workloads.forward(namespace, 'web', { port: 3000 }, owner);
  try {
    const half = call(forward.localPort, 'x');
    await until(() => half.heard() === 'heard x');
    half.socket.end('y');
    await until(() => half.heard() === 'heard xheard y');
    // The protocol has no word for it: after a while of silence the connection is ended.
    await until(half.isOver, 15_000);
  } finally {
    forward.dispose();
  }
});

test('hundreds of connections leave nothing behind', { timeout: 60_000 }, async () => {
  const forward = await workloads.forward(namespace, 'web', { port: 3000 }, owner);
  const open = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  try {
    const before = open();
    for (let round = 0; round < 10; round++) {
      const sockets = Array.from({ length: 30 }, () => connect({ port: forward.localPort, host: '127.0.0.1' }));
      await Promise.all(
        sockets.map(async (socket) => {
          socket.on('error', () => undefined);
          await new Promise((resolve) => socket.once('connect', resolve));
          socket.write('x');
          socket.destroy();
        }),
      );
    }
    await until(() => open() <= before, 20_000);
  } finally {
    forward.dispose();
  }
});
