import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliMachine } from '../support/cliMachine';
import { ownAddresses } from '../support/infraChart';
import { infraProgram } from '../support/infraPrograms/infraProgram';
import {
  InfraWorld,
  infraConfig,
  podOf,
  senders,
  sendOtlp,
  slugOf,
  type Attributes,
  type Sender,
} from '../support/infraWorld';
import { programVersion } from '../support/toolVersions';
import { until } from '../support/until';
import { verifies } from '../support/verified';
import { infraProgramsObtained } from '../support/infraPrograms/build.mjs';

const run = promisify(execFile);
const program = infraProgram('collector');

const configOf = (values: object): Promise<string> => infraConfig('otel-collector', 'collector.yaml', values);

describe('the collector and what charts/infra says to it', { timeout: 60_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-collector-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  verifies('OpenTelemetry Collector', () => programVersion(program), {
    obtained: infraProgramsObtained,
    asked: 'the configurations of charts/infra',
  });

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
function attributesOf({ attributes = [] }: Resource): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? '']));
}

describe('what the collector makes of what environments send', { timeout: 60_000 }, () => {
  const { a, b } = senders;
  let world: InfraWorld;
  let says: () => string = () => '';
  let otlp: string;
  let metrics: string;
  let sink: Server;
  /** Resources by the path that they were sent to. */
  const got = new Map<string, Resource[]>();
  const send = (from: string, signal: 'traces' | 'logs' | 'metrics', said: Attributes): Promise<void> =>
    sendOtlp(otlp, from, signal, said);

  const seen = (path: string, count: number) =>
    until(() => {
      const resources = got.get(path) ?? [];
      return resources.length >= count ? resources.map(attributesOf) : undefined;
    }, 20_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${says()}`);
    });

  beforeAll(async () => {
    world = await InfraWorld.create();
    await world.addPod(a);
    await world.addPod(b);
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
    const chart = await world.file('chart.yaml', await configOf({}));
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
    const argv = [`--config=${chart}`, `--config=${await world.file('here.yaml', here)}`];
    says = await world.start(program, argv, `http://127.0.0.1:${health}/`);
  }, 120_000);
  afterAll(async () => {
    await world?.dispose();
    sink?.closeAllConnections();
    sink?.close();
  });
  verifies('OpenTelemetry Collector', () => programVersion(program), {
    obtained: infraProgramsObtained,
    asked: 'the configurations of charts/infra, and what becomes of the telemetry that environments send',
  });

  const told = (sender: Sender): Attributes => ({
    'service.name': 'frontend',
    'k8s.namespace.name': sender.namespace,
    'k8s.pod.name': podOf(sender),
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
          k8s_pod_name: podOf(sender),
          coppice_worktree: slugOf(sender),
          coppice_branch: sender.branch,
        }),
      );
    expect(lines.join('\n')).not.toMatch(/mine|admin/);
    expect(lines).toHaveLength(2);
  });

  it('says nothing of a name that goes', () => {
    expect(
      says()
        .split('\n')
        .filter((line) => /deprecat|alias/i.test(line)),
    ).toEqual([]);
  });
});
