import { execFile, spawn } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { kubectlRow, objectRows, shortRows, type KubectlRow } from '../../support/kubectlRows';
import {
  hasKubernetesTools,
  kubectls,
  kubernetesToolsObtained,
  runTool,
  type Ended,
} from '../../support/kubernetesTools';
import { until } from '../../support/until';
import { kubectlVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';

verifies('kubectl', () => Promise.all(kubectls.map(([, kubectl]) => kubectlVersion(kubectl))), {
  obtained: kubernetesToolsObtained,
  asked: 'kubectl’s verbs against the embedded cluster',
});

const embeddedShortRows: readonly KubectlRow[] = [
  ...shortRows,
  kubectlRow('create job one --image=node', /the embedded cluster has no jobs in batch\/v1/, true),
];

const embeddedRows: readonly KubectlRow[] = [
  ...embeddedShortRows,
  kubectlRow('auth whoami', /Username +coppice/),
  ...objectRows,
  kubectlRow('debug node/node-1 --image=node', /its pods are processes of it without containers/, true),
  kubectlRow('exec pod -- NODE -p 6*7', /^42\n$/),
  kubectlRow('logs pod --tail=1', /tick/),
  kubectlRow('delete deployment,secret one', /secret "one" deleted/),
];

const oldest = kubectls[0]?.[0];
const newest = kubectls.at(-1)?.[0];

describe.skipIf(!hasKubernetesTools())('kubectl and the embedded cluster', () => {
  let cluster: TestCluster;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    cluster = await startTestCluster();
    folder = await mkdtemp(join(tmpdir(), 'coppice-kubectl-'));
    file = join(folder, 'applied.json');
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data: { a: 'b' } };
    await writeFile(file, JSON.stringify(applied));
  });
  afterAll(async () => {
    await cluster.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const env = (): NodeJS.ProcessEnv => ({ ...cluster.env, HOME: folder });

  /** Prints all the time, and answers how much it was sent and as much again. */
  const script = `require('node:http').createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk) => (size += chunk.length));
    request.on('end', () => response.end('x'.repeat(size)));
  }).listen(process.env.PORT, () => setInterval(() => console.log('tick'), 50));`;

  async function makePod(kubectl: string, namespace: string): Promise<void> {
    const port = { name: 'http', containerPort: 3000 };
    const container = {
      name: 'web',
      image: 'node',
      command: [process.execPath, '-e', script],
      env: [{ name: 'PORT', value: '3000' }],
      ports: [port],
      readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
    };
    const metadata = { name: 'pod', annotations: { 'coppice.dev/folder': folder } };
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } };
    const path = join(folder, `${namespace}.json`);
    await writeFile(path, JSON.stringify(manifest));
    const created = await runTool(kubectl, ['create', '-f', path, '--namespace', namespace], env());
    expect(created.code, created.stderr).toBe(0);
    const wait = ['wait', 'pod/pod', '--for=condition=Ready', '--timeout=20s', '--namespace', namespace];
    expect(await runTool(kubectl, wait, env())).toMatchObject({ code: 0 });
  }

  const run = (kubectl: string, namespace: string, cell: KubectlRow): Promise<Ended> => {
    const argv = cell.argv.map((word) => (word === 'FILE' ? file : word === 'NODE' ? process.execPath : word));
    const at = argv.indexOf('--');
    const before = at < 0 ? argv.length : at;
    return runTool(kubectl, [...argv.slice(0, before), '--namespace', namespace, ...argv.slice(before)], env());
  };

  it.each(kubectls)(
    '%s does what it is asked, or is told why not',
    async (version, kubectl) => {
      const namespace = `table-${version.replace('.', '-')}`;
      expect(await runTool(kubectl, ['create', 'namespace', namespace], env())).toMatchObject({ code: 0 });
      const all = version === oldest || version === newest;
      if (all) await makePod(kubectl, namespace);
      for (const cell of all ? embeddedRows : embeddedShortRows) {
        const { code, stdout, stderr } = await run(kubectl, namespace, cell);
        const said = { what: cell.argv.join(' '), isRefused: code !== 0, says: cell.refused ? stderr : stdout };
        expect.soft(said, stderr).toEqual({
          what: said.what,
          isRefused: cell.refused === true,
          says: expect.stringMatching(cell.says) as string,
        });
      }
    },
    60_000,
  );

  it.each(kubectls)(
    '%s forwards a port by WebSocket, attaches, and says what is wrong',
    async (version, kubectl) => {
      if (version !== oldest && version !== newest) return;
      const namespace = `table-${version.replace('.', '-')}`;
      const pod = ['pod/pod', '--namespace', namespace];
      const forward = spawn(kubectl, ['port-forward', ...pod, ':3000'], { env: env() });
      try {
        const port = await new Promise<number>((resolve, reject) => {
          createInterface({ input: forward.stdout }).on('line', (line) => {
            const found = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
            if (found) resolve(Number(found));
          });
          let errors = '';
          forward.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
          forward.once('close', () => reject(new Error(errors)));
        });
        const sizes = [0, 1, 100_000, 3_000_000];
        expect(await Promise.all(sizes.map((size) => exchange(port, size)))).toEqual(sizes);
      } finally {
        forward.kill();
      }
      let attached = '';
      const attach = execFile(kubectl, ['attach', 'pod', '--namespace', namespace], { env: env() });
      attach.stdout?.on('data', (text: string) => (attached += text));
      try {
        await until(() => /tick\ntick\n/.test(attached));
      } finally {
        attach.kill();
      }
    },
    60_000,
  );

  /** @returns how many bytes come back for so many that are sent */
  function exchange(port: number, size: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, method: 'POST', agent: false }, (response) => {
        let received = 0;
        response.on('data', (chunk: Buffer) => (received += chunk.length));
        response.once('end', () => resolve(received));
      });
      call.once('error', reject);
      call.end(Buffer.alloc(size, 'y'));
    });
  }
});
