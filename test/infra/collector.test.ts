import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startTestApi, type TestApi } from '../support/apiServer';
import { cliMachine } from '../support/cliMachine';
import { infraChart, ownAddresses, render } from '../support/infraChart';
import { infraProgram } from '../support/infraPrograms/infraProgram';
import { renderChart } from '../support/renderedChart';
import { programVersion } from '../support/toolVersions';
import { until } from '../support/until';
import { verifies } from '../support/verified';
import { worktreeValues } from '../support/worktreeValues';

const run = promisify(execFile);
const program = infraProgram('collector');

/** What the chart says to the collector. */
async function configOf(values: object): Promise<string> {
  const objects = await render(infraChart, 'infra', values);
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'otel-collector');
  return String(map?.['data']['collector.yaml']);
}

describe('the collector and what charts/infra says to it', { timeout: 60_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-collector-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  verifies('OpenTelemetry Collector', () => programVersion(program));

  const [on, off] = [{ enabled: true }, { enabled: false }];
  const ways = (part: 'jaeger' | 'loki') =>
    [
      ['here', on],
      ['elsewhere', ownAddresses[part]],
      ['nowhere', off],
    ] as const;
  const cells = ways('jaeger').flatMap(([jaegerIs, jaeger]) =>
    ways('loki').map(([lokiIs, loki]) => [jaegerIs, lokiIs, { jaeger, loki }] as const),
  );

  it.each(cells)('takes it with Jaeger %s and Loki %s, every name as it is now', async (_, __, values) => {
    const file = join(folder, 'collector.yaml');
    await writeFile(file, await configOf(values));
    const { stdout, stderr } = await run(program, ['validate', `--config=${file}`]);
    // Names that went tell it there.
    expect(stdout + stderr).toBe('');
  });

  it('refuses a name that nobody knows: what it takes it has understood', async () => {
    const file = join(folder, 'collector.yaml');
    await writeFile(file, (await configOf({})).replace('pod_association:', 'pod_associations:'));
    await expect(run(program, ['validate', `--config=${file}`])).rejects.toThrow('pod_associations');
  });
});

interface Resource {
  readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}
type Attributes = Readonly<Record<string, string>>;

function attributesOf({ attributes = [] }: Resource): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? '']));
}

/** A service of an environment, whose pod has an address of its own in this machine's loopback. */
interface Sender {
  readonly address: string;
  readonly namespace: string;
  readonly branch: string;
}

describe('what the collector makes of what environments send', { timeout: 60_000 }, () => {
  const a: Sender = { address: '127.0.7.1', namespace: 'worktree-a', branch: 'feat/a, "quoted" #1' };
  const b: Sender = { address: '127.0.7.2', namespace: 'worktree-b', branch: 'feat/b' };
  let folder: string;
  let api: TestApi;
  let collector: ChildProcess;
  let said = '';
  let otlp: string;
  let metrics: string;
  let sink: Server;
  /** Resources by the path that they were sent to. */
  const got = new Map<string, Resource[]>();

  const slugOf = ({ namespace }: Sender): string => namespace.replace('worktree-', '');
  async function addPod(sender: Sender): Promise<void> {
    const { namespace, branch, address } = sender;
    const values = worktreeValues(branch, '/w');
    const worktree = { ...values.worktree, name: slugOf(sender), host: `${slugOf(sender)}.localhost` };
    const deployment = renderChart({ ...values, worktree }, namespace).get('Deployment/frontend');
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Helm made it
    const { metadata } = (deployment as any).spec.template;
    await api.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, uid: namespace } });
    await api.objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: `frontend-${slugOf(sender)}-1`, namespace, uid: `${namespace}-pod` },
      // Nobody runs it: it is there for who looks it up.
      spec: { schedulerName: 'nobody', containers: [{ name: 'frontend', image: 'none' }] },
      status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
    });
  }

  /** As a service of the sender does, which says of itself what it likes. */
  async function send(from: string, signal: 'traces' | 'logs' | 'metrics', says: Attributes): Promise<void> {
    const attributes = Object.entries(says).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const now = String(BigInt(Date.now()) * 1_000_000n);
    const span = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', name: 's', kind: 2 };
    const point = { asDouble: 1, timeUnixNano: now, startTimeUnixNano: now };
    const bodies = {
      traces: {
        resourceSpans: [
          {
            resource: { attributes },
            scopeSpans: [{ spans: [{ ...span, startTimeUnixNano: now, endTimeUnixNano: now }] }],
          },
        ],
      },
      logs: {
        resourceLogs: [
          {
            resource: { attributes },
            scopeLogs: [{ logRecords: [{ timeUnixNano: now, body: { stringValue: 'x' } }] }],
          },
        ],
      },
      metrics: {
        resourceMetrics: [
          {
            resource: { attributes },
            scopeMetrics: [{ metrics: [{ name: 'orders', gauge: { dataPoints: [point] } }] }],
          },
        ],
      },
    };
    const { hostname, port } = new URL(otlp);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        {
          ...{ hostname, port, localAddress: from, method: 'POST', path: `/v1/${signal}` },
          headers: { 'Content-Type': 'application/json' },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.once('error', reject);
      asked.end(JSON.stringify(bodies[signal]));
    });
    expect(status).toBe(200);
  }

  const seen = (path: string, count: number) =>
    until(() => {
      const resources = got.get(path) ?? [];
      return resources.length >= count ? resources.map(attributesOf) : undefined;
    }, 20_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${said}`);
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-collector-'));
    api = await startTestApi();
    await addPod(a);
    await addPod(b);
    sink = createServer((message, answer) => {
      let text = '';
      message.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      message.on('end', () => {
        const { resourceSpans = [], resourceLogs = [] } = JSON.parse(text) as Record<string, { resource: Resource }[]>;
        const path = message.url ?? '';
        got.set(path, [
          ...(got.get(path) ?? []),
          ...[...resourceSpans, ...resourceLogs].map(({ resource }) => resource),
        ]);
        answer.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    const address = sink.address();
    const store = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const [grpc, http, prometheus, health] = await Promise.all([1, 2, 3, 4].map(() => cliMachine.freePort()));
    otlp = `http://127.0.0.1:${http}`;
    metrics = `http://127.0.0.1:${prometheus}/metrics`;
    await writeFile(join(folder, 'chart.yaml'), await configOf({}));
    // What differs outside of a pod: where it listens, whom it reaches, and as whom it asks the API. All else is the chart's.
    const here = {
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
      receivers: {
        otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } },
      },
      processors: { k8s_attributes: { auth_type: 'kubeConfig' } },
      exporters: {
        prometheus: { endpoint: `127.0.0.1:${prometheus}` },
        'otlp_http/loki': { endpoint: `${store}/otlp`, encoding: 'json', compression: 'none' },
        'otlp_http/jaeger': { endpoint: `${store}/jaeger`, encoding: 'json', compression: 'none' },
      },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: { traces: { exporters: ['otlp_http/jaeger'] } },
      },
    };
    await writeFile(join(folder, 'here.yaml'), stringify(here));
    collector = spawn(program, [`--config=${folder}/chart.yaml`, `--config=${folder}/here.yaml`], {
      env: { KUBECONFIG: api.kubeconfig, HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [collector.stdout, collector.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(async () => {
      if (collector.exitCode !== null) throw new Error(`The collector has ended: ${said}`);
      return (await fetch(`http://127.0.0.1:${health}/`).catch(() => undefined))?.ok;
    }, 60_000);
  }, 120_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => collector?.once('exit', resolve));
    if (collector?.kill('SIGKILL')) await ended;
    sink?.closeAllConnections();
    sink?.close();
    await api?.close();
    await rm(folder, { recursive: true, force: true });
  });
  verifies('OpenTelemetry Collector', () => programVersion(program));

  const told = (sender: Sender): Attributes => ({
    'service.name': 'frontend',
    'k8s.namespace.name': sender.namespace,
    'k8s.pod.name': `frontend-${slugOf(sender)}-1`,
    'coppice.worktree': slugOf(sender),
    'coppice.branch': sender.branch,
  });
  /** That of another environment's service. */
  const lie: Attributes = { ...told(a), 'coppice.service': 'frontend', 'service.name': 'admin', mine: 'kept' };

  it.each([
    ['traces', '/jaeger/v1/traces'],
    ['logs', '/otlp/v1/logs'],
  ] as const)('%s belong to the pod that they come from, whatever it says of itself', async (signal, path) => {
    await send(a.address, signal, { 'service.name': 'mine', mine: 'kept' });
    expect(await seen(path, 1)).toEqual([{ ...told(a), mine: 'kept' }]);
    await send(b.address, signal, lie);
    expect((await seen(path, 2))[1]).toEqual({ ...told(b), mine: 'kept' });
    // One that no pod sent belongs to nobody.
    await send('127.0.7.3', signal, lie);
    expect((await seen(path, 3))[2]).toEqual({ 'service.name': 'admin', mine: 'kept' });
  });

  it('metrics have what tells them apart as labels, and nothing else of their sender', async () => {
    await send(a.address, 'metrics', { 'service.name': 'mine', mine: 'kept' });
    await send(b.address, 'metrics', lie);
    const lines = await until(async () => {
      const text = await (await fetch(metrics)).text();
      const found = text.split('\n').filter((line) => line.startsWith('orders{'));
      return found.length >= 2 ? found : undefined;
    }, 20_000);
    const labels = (line: string): Attributes =>
      Object.fromEntries(
        [...line.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', value = '']) => [
          key,
          value.replaceAll('\\"', '"'),
        ]),
      );
    for (const sender of [a, b])
      expect(lines.map(labels)).toContainEqual(
        expect.objectContaining({
          service_name: 'frontend',
          k8s_namespace_name: sender.namespace,
          k8s_pod_name: `frontend-${slugOf(sender)}-1`,
          coppice_worktree: slugOf(sender),
          coppice_branch: sender.branch,
        }),
      );
    expect(lines.join('\n')).not.toMatch(/mine|admin/);
    expect(lines).toHaveLength(2);
  });

  it('says nothing of a name that goes', () => {
    expect(said.split('\n').filter((line) => /deprecat|alias/i.test(line))).toEqual([]);
  });
});
