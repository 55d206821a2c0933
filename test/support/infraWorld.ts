import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { startTestApi, type TestApi } from './apiServer';
import { infraChart, render } from './infraChart';
import { renderChart } from './renderedChart';
import { until } from './until';
import { worktreeValues } from './worktreeValues';

export type Attributes = Readonly<Record<string, string>>;

/** A service of an environment, whose pod has an address of its own in this machine's loopback. */
export interface Sender {
  readonly address: string;
  readonly namespace: string;
  readonly branch: string;
}

export const senders = {
  a: { address: '127.0.7.1', namespace: 'worktree-a', branch: 'feat/a, "quoted" #1' },
  b: { address: '127.0.7.2', namespace: 'worktree-b', branch: 'feat/b' },
} as const satisfies Record<string, Sender>;

export const slugOf = ({ namespace }: Sender): string => namespace.replace('worktree-', '');
export const podOf = (sender: Sender): string => `frontend-${slugOf(sender)}-1`;

/** What the chart says to a part. */
export async function infraConfig(part: string, file: string, values: object = {}): Promise<string> {
  const objects = await render(infraChart, 'infra', values);
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === part);
  const text: unknown = map?.['data'][file];
  if (typeof text !== 'string') throw new Error(`The chart says nothing to ${part}.`);
  return text;
}

/** A cluster's API with pods that nobody runs, and programs of infra beside it. */
export class InfraWorld {
  readonly #running: { child: ChildProcess; said: string }[] = [];

  private constructor(
    readonly api: TestApi,
    readonly folder: string,
  ) {}

  static async create(): Promise<InfraWorld> {
    return new InfraWorld(await startTestApi(), await mkdtemp(join(tmpdir(), 'coppice-infra-')));
  }

  /** As charts/worktree makes it for a service. @param env of the service */
  async addPod(sender: Sender, env: Attributes = {}): Promise<void> {
    const { namespace, branch, address } = sender;
    const { worktree, services, ...values } = worktreeValues(branch, '/w');
    const of = { ...worktree, name: slugOf(sender), host: `${slugOf(sender)}.localhost` };
    const withEnv = services.map((service) => ({ ...service, env: { ...service.env, ...env } }));
    const deployment = renderChart({ ...values, services: withEnv, worktree: of }, namespace).get(
      'Deployment/frontend',
    );
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Helm made it
    const { metadata } = (deployment as any).spec.template;
    const { objects } = this.api;
    await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, uid: namespace } });
    await objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: podOf(sender), namespace, uid: `${namespace}-pod` },
      // Nobody runs it: it is there for who looks it up.
      spec: { schedulerName: 'nobody', containers: [{ name: 'frontend', image: 'none' }] },
      status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
    });
  }

  /** The path of a file with this text, or with this as YAML. */
  async file(name: string, content: string | object): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, typeof content === 'string' ? content : stringify(content));
    return path;
  }

  /** Starts a program, and waits until an address answers, where there is one. @returns what it says, later as well */
  async start(program: string, argv: readonly string[], ready?: string): Promise<() => string> {
    const child = spawn(program, argv, {
      cwd: this.folder,
      env: { KUBECONFIG: this.api.kubeconfig, HOME: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = { child, said: '' };
    this.#running.push(running);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (running.said += text));
    if (ready === undefined) return () => running.said;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${program} has ended: ${running.said}`);
      return (await fetch(ready).catch(() => undefined))?.ok;
    }, 60_000);
    return () => running.said;
  }

  /** All that was said, for a failure. */
  said(): string {
    return this.#running.map(({ said }) => said.slice(-4000)).join('\n');
  }

  async dispose(): Promise<void> {
    for (const { child } of this.#running.toReversed()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    }
    await this.api.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One span, log record or sample, as a program at an address sends it, which says of itself what it likes. */
export async function sendOtlp(
  to: string,
  from: string,
  signal: 'traces' | 'logs' | 'metrics',
  says: Attributes,
  traceId = '1'.padStart(32, '0'),
): Promise<void> {
  const resource = { attributes: Object.entries(says).map(([key, stringValue]) => ({ key, value: { stringValue } })) };
  const now = String(BigInt(Date.now()) * 1_000_000n);
  const times = { startTimeUnixNano: now, endTimeUnixNano: now };
  const spans = [{ traceId, spanId: '1'.padStart(16, '0'), name: 's', kind: 2, ...times }];
  const dataPoints = [{ asDouble: 1, timeUnixNano: now, startTimeUnixNano: now }];
  const bodies = {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] },
    logs: {
      resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: now, body: { stringValue: 'x' } }] }] }],
    },
    metrics: {
      resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'orders', gauge: { dataPoints } }] }] }],
    },
  };
  const { hostname, port } = new URL(to);
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
