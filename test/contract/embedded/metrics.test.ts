import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort, startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import {
  containerWhen,
  createNamespace,
  deploy,
  expectStatus,
  makeFolder,
  route,
  throughGateway,
} from '../../support/services';
import { until } from '../../support/until';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;
const ns = 'measured';
const host = 'measured.localhost';

const server = `
const { createServer } = require('node:http');
const { createHash } = require('node:crypto');
const app = createServer((request, response) => {
  if (request.url === '/missing') return response.writeHead(404).end();
  if (request.url === '/half') { response.writeHead(200, { 'content-length': 100 }); response.write('half', () => request.socket.destroy()); return; }
  if (request.url === '/slow') return setTimeout(() => response.end('slow'), 30);
  if (request.url === '/silent') return;
  if (request.url === '/events') { response.writeHead(200, { 'content-type': 'text/event-stream' }); response.write('data: first\\n\\n'); return; }
  response.end('ok');
});
app.on('upgrade', (request, socket) => {
  if (request.url === '/nowhere') return socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 0\\r\\n\\r\\n');
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.on('data', () => {}).on('error', () => {});
});
app.listen(Number(process.env.PORT), '127.0.0.1');
`;
/** A process that waits while its child, which it started as a shell would, keeps a core busy and holds memory. */
const busy = `
const inner = 'const held = Buffer.alloc(80e6, 1); console.log("busy"); for (;;) held[0]++';
require('node:child_process').spawn(process.execPath, ['-e', inner], { stdio: 'inherit' });
`;

beforeAll(async () => {
  folder = await makeFolder({ 'server.cjs': server, 'busy.cjs': busy, 'crash.cjs': 'process.exit(3)' });
  cluster = await startTestCluster();
  await createNamespace(cluster, ns);
  const container = { readinessProbe: { tcpSocket: { port: 8000 }, periodSeconds: 1 } };
  await deploy(cluster, ns, 'web', { folder: folder.path, command: ['node', 'server.cjs'], port: 8000, container });
  await route(cluster, ns, 'all', host, [
    ['/', 'web'],
    ['/down', 'nothing'],
  ]);
  await containerWhen(cluster, ns, 'web', ({ ready }) => ready);
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

/** The value of one line of /metrics; undefined when there is none. */
async function metric(start: string): Promise<number | undefined> {
  const { body } = await cluster.api('GET', '/metrics');
  const line = String(body)
    .split('\n')
    .find((one) => one.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
const requests = (service: string, code: number, method = 'GET'): Promise<number | undefined> =>
  metric(`coppice_gateway_requests_total{namespace="${ns}",service="${service}",code="${code}",method="${method}"}`);
const duration = (part: string): Promise<number | undefined> =>
  metric(`coppice_gateway_request_duration_seconds_${part}`);

it('counts what went through the gateway, by how it went', async () => {
  await throughGateway(cluster, host, '/');
  await throughGateway(cluster, host, '/?other=1');
  await throughGateway(cluster, host, '/', { method: 'POST' });
  await throughGateway(cluster, host, '/missing');
  await throughGateway(cluster, host, '/slow');
  expect((await throughGateway(cluster, host, '/down')).status).toBe(503);
  await expect(throughGateway(cluster, host, '/half')).rejects.toThrow();
  await throughGateway(cluster, 'unknown.localhost', '/');

  await until(async () => (await requests('web', 502)) === 1);
  expect(await requests('web', 200)).toBe(3);
  expect(await requests('web', 200, 'POST')).toBe(1);
  expect(await requests('web', 404)).toBe(1);
  expect(await requests('nothing', 503)).toBe(1);
  const labels = `namespace="${ns}",service="web"`;
  expect(await duration(`count{${labels}}`)).toBe(5);
  expect(await duration(`bucket{${labels},le="+Inf"}`)).toBe(5);
  expect(await duration(`bucket{${labels},le="0.025"}`)).toBeLessThanOrEqual(4);
  expect(await duration(`sum{${labels}}`)).toBeGreaterThanOrEqual(0.029);
});

it('counts what has no end of its own, and who left before', async () => {
  const labels = `namespace="${ns}",service="web"`;
  const before = await duration(`count{${labels}}`);
  const open = (): Promise<number | undefined> => metric(`coppice_gateway_open_websockets{${labels}}`);
  const socket = new WebSocket(`ws://127.0.0.1:${cluster.gatewayPort}/live`, { headers: { Host: host } });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  expect([await requests('web', 101), await open()]).toEqual([1, 1]);
  socket.terminate();
  await until(async () => (await open()) === 0);
  const refused = new WebSocket(`ws://127.0.0.1:${cluster.gatewayPort}/nowhere`, { headers: { Host: host } });
  await new Promise((resolve) => refused.once('error', resolve));
  expect(await requests('web', 403)).toBe(1);

  const ok = (await requests('web', 200)) ?? 0;
  const leave = (path: string, when: 'response' | 'socket'): Promise<void> =>
    new Promise((resolve) => {
      const call = request({
        host: '127.0.0.1',
        port: cluster.gatewayPort,
        path,
        headers: { Host: host },
        agent: false,
      });
      call.once('error', () => resolve());
      call.once(when, () =>
        when === 'response' ? call.destroy() : setImmediate(() => call.end(() => call.destroy())),
      );
      if (when === 'response') call.once('response', (answer) => answer.resume().once('close', resolve)).end();
    });
  await leave('/events', 'response');
  await until(async () => (await requests('web', 200)) === ok + 1);
  await leave('/silent', 'socket');
  await until(async () => (await requests('web', 499)) === 1);
  expect(await duration(`count{${labels}}`)).toBe(before);
});

/** Debian has it; where it is not installed the text format is held by unit tests only. */
const prometheus = findOnPath('prometheus');

it.runIf(prometheus !== undefined)(
  'a Prometheus reads it, by the files that lie beside the kubeconfig',
  async () => {
    const port = await freePort();
    const config = {
      scrape_configs: [
        {
          job_name: 'coppice',
          scheme: 'https',
          scrape_interval: '200ms',
          authorization: { credentials_file: join(cluster.folder, 'token') },
          tls_config: { ca_file: join(cluster.folder, 'ca.crt') },
          static_configs: [{ targets: [new URL(cluster.server).host] }],
        },
      ],
    };
    // JSON is YAML.
    await writeFile(join(folder.path, 'prometheus.yml'), JSON.stringify(config));
    const options = [
      `--config.file=prometheus.yml`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.tsdb.path=tsdb',
    ];
    const child = spawn(prometheus ?? '', options, { cwd: folder.path, stdio: 'ignore' });
    try {
      const query = `sum by (namespace, service) (coppice_gateway_requests_total{namespace="${ns}"})`;
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
      const found = await until(async () => {
        // It does not listen at once, and is not ready as soon as it does.
        const answer = await fetch(url).catch(() => undefined);
        if (!answer?.ok) return undefined;
        const { data } = (await answer.json()) as { data: { result: { metric: object }[] } };
        return data.result.length > 0 ? data.result : undefined;
      }, 30_000);
      expect(found.map(({ metric: labels }) => labels)).toContainEqual({ namespace: ns, service: 'web' });
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  },
  60_000,
);

function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((one) => join(one, name)).find((file) => existsSync(file));
}

it('tells who is not known nothing', async () => {
  const { token } = cluster;
  const answer = await fetchStatus('Bearer wrong');
  expect(answer).toBe(401);
  expect(await fetchStatus(`Bearer ${token}`)).toBe(200);
});

async function fetchStatus(authorization: string): Promise<number | undefined> {
  const { request: secure } = await import('node:https');
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization }, rejectUnauthorized: false, agent: false };
    secure(new URL('/metrics', cluster.server), options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

it('counts restarts', async () => {
  await deploy(cluster, ns, 'crash', { folder: folder.path, command: ['node', 'crash.cjs'] });
  const { pod } = await containerWhen(cluster, ns, 'crash', ({ restartCount }) => restartCount > 0);
  const labels = `namespace="${ns}",pod="${pod}",container="main"`;
  expect(await metric(`kube_pod_container_status_restarts_total{${labels}`)).toBeGreaterThan(0);
});

it.runIf(process.platform === 'linux')('measures a pod with all that it started: kubectl shows it', async () => {
  await deploy(cluster, ns, 'busy', { folder: folder.path, command: ['node', 'busy.cjs'] });
  const { pod } = await containerWhen(cluster, ns, 'busy', ({ state }) => state.running !== undefined);
  const cpu = `container_cpu_usage_seconds_total{namespace="${ns}",pod="${pod}",container="main"`;
  await until(async () => ((await metric(cpu)) ?? 0) > 1, 30_000);
  const first = await metric(cpu);
  await until(async () => ((await metric(cpu)) ?? 0) > (first ?? 0));
  expect(await metric(cpu.replace('cpu_usage_seconds_total', 'memory_working_set_bytes'))).toBeGreaterThan(120e6);

  const top = await promisify(execFile)('kubectl', ['top', 'pods', '-n', ns], { env: cluster.env });
  const [, cores, memory] = new RegExp(`^${pod} +(\\d+)m +(\\d+)Mi`, 'm').exec(top.stdout) ?? [];
  expect(Number(cores)).toBeGreaterThan(50);
  expect(Number(memory)).toBeGreaterThan(110);
  const nodes = await promisify(execFile)('kubectl', ['top', 'nodes'], { env: cluster.env });
  expect(nodes.stdout).toMatch(/^\S+ +\d+m +\d+% +\d+Mi +\d+%/m);

  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${ns}/pods/${pod}`;
  const { window, timestamp } = await expectStatus(cluster, 200, 'GET', path);
  expect(Number.parseFloat(String(window))).toBeGreaterThan(0.9);
  expect(Math.abs(Date.now() - Date.parse(String(timestamp)))).toBeLessThan(60_000);
  await expectStatus(cluster, 404, 'GET', `${path}-not`);
  await expectStatus(cluster, 200, 'DELETE', `/apis/apps/v1/namespaces/${ns}/deployments/busy`);
});

it('forgets a service that is gone', async () => {
  await expectStatus(cluster, 200, 'DELETE', `/api/v1/namespaces/${ns}/services/web`);
  await until(async () => (await requests('web', 404)) === undefined);
});
