import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { BaseImage, Cluster, type ProcessContext } from '@ngrok/webernetes';
import { generate } from 'selfsigned';
import { startApiServer } from '../../packages/cluster/src/http/apiServer';
import { ObjectStore } from '../../packages/cluster/src/store/objectStore';
import type { PodLogs } from '../../packages/cluster/src/streams/podLogs';
import type { UsageSource } from '../../packages/cluster/src/http/usageSource';

export interface TestApi {
  server: string;
  token: string;
  ca: string;
  objects: ObjectStore;
  cluster: Cluster;
  kubeconfig: string;
  /** For kubectl and helm. */
  env: NodeJS.ProcessEnv;
  /** How many logs are being followed. */
  followers(): number;
  close(): Promise<void>;
}

/** An image that runs until it is stopped. */
class SleepImage extends BaseImage {
  static readonly imageName = 'test/sleep';
  static readonly imageVersion = '1.0';
  readonly defaultCommand = ['sleep'];

  override async exec(context: ProcessContext): Promise<number> {
    return await context.waitUntilKilled();
  }
}

/** An image that ends at once, with exit code 3. */
class FailImage extends BaseImage {
  static readonly imageName = 'test/fail';
  static readonly imageVersion = '1.0';
  readonly defaultCommand = ['fail'];

  override exec(): Promise<number> {
    return Promise.resolve(3);
  }
}

let followers = 0;

/** Two lines, and a third for who follows. */
const logs: PodLogs = {
  async *read({ container }, { follow, tailLines }, signal) {
    if (container === 'silent')
      throw Object.assign(new Error('container "silent" is waiting to start'), { status: 400 });
    const lines = [`first of ${container}\n`, 'second\n'];
    for (const line of tailLines === undefined ? lines : lines.slice(-tailLines)) yield Buffer.from(line);
    if (!follow) return;
    followers += 1;
    try {
      yield Buffer.from('followed\n');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      followers -= 1;
    }
  },
};

const moment = { at: Date.UTC(2026, 0, 1), windowMs: 5000 };
const measuredPods: UsageSource['pods'] = () => {
  const containers = [{ name: 'web', cpuCores: 0.25, memoryBytes: 1 << 20 }];
  const pod = { namespace: 'default', labels: { app: 'web' }, containers, ...moment };
  return Promise.resolve([
    { ...pod, name: 'measured' },
    { ...pod, name: 'other', labels: {} },
  ]);
};
const measuredUsage: UsageSource = {
  pods: measuredPods,
  podsAtOnce: async () => (await measuredPods()).slice(0, 1),
  nodes: () => Promise.resolve([{ name: 'node-1', labels: {}, cpuCores: 1.5, memoryBytes: 3 * 2 ** 30, ...moment }]),
};

/**
 * The API server over a webernetes cluster of one node in this process, with images that spawn nothing.
 *
 * @param onStage hears of every stage that a request enters
 */
export async function startTestApi(onStage?: (name: string) => void): Promise<TestApi> {
  const cluster = new Cluster({ nodes: 1 });
  cluster.registerImage(SleepImage);
  cluster.registerImage(FailImage);
  const objects = await ObjectStore.open(cluster);
  await cluster.init();
  const token = randomBytes(16).toString('hex');
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const api = await startApiServer({
    cluster,
    objects,
    logs,
    token,
    tls: { key: pems.private, cert: pems.cert },
    host: '127.0.0.1',
    port: 0,
    metrics: { usage: measuredUsage, text: () => Promise.resolve('up 1\n') },
    visits: () => new Map([['theirs', 0]]),
    history: {
      read: async () => ({ bounds: [], samples: [], marks: [] }),
      readAll: async () => ({ bounds: [], environments: {} }),
    },
    onError: (error) => process.stderr.write(`${String(error)}\n`),
    ...(onStage ? { onStage } : {}),
  });
  const server = `https://127.0.0.1:${api.port}`;
  const folder = await mkdtemp(join(tmpdir(), 'coppice-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(server, pems.cert, token)), { mode: 0o600 });
  return {
    server,
    token,
    ca: pems.cert,
    objects,
    cluster,
    followers: () => followers,
    kubeconfig,
    env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder, HELM_NAMESPACE: undefined },
    async close() {
      await api.close();
      await objects.close();
      await cluster.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function kubeconfigOf(server: string, certificate: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } },
    ],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
}
