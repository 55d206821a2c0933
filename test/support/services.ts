import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCluster } from './embeddedCluster';
import { until } from './until';

type Json = Record<string, unknown>;

export interface PodView {
  metadata: { name: string; uid: string; namespace: string; deletionTimestamp?: string };
  status: {
    phase: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: ContainerView[];
  };
}

export interface ContainerView {
  name: string;
  ready: boolean;
  restartCount: number;
  state: { running?: Json; waiting?: { reason: string; message?: string }; terminated?: Ended };
  lastState?: { terminated?: Ended };
}

interface Ended {
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
}

/** A folder with a program in it, as a worktree has one. */
export async function makeFolder(
  files: Readonly<Record<string, string>>,
): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'coppice-service-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface ServiceOptions {
  folder: string;
  command: readonly string[];
  args?: readonly string[];
  env?: readonly Json[];
  port?: number;
  replicas?: number;
  host?: string;
  /** More of the container. */
  container?: Json;
  /** More labels of the pod. */
  labels?: Readonly<Record<string, string>>;
  /** More of the pod's spec. */
  pod?: Json;
}

/** Puts a namespace there. */
export async function createNamespace(cluster: TestCluster, name: string): Promise<void> {
  await expectStatus(cluster, 201, 'POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  });
}

/** A Deployment, and with a port a Service of the same name, and with a host an Ingress too. */
export async function deploy(
  cluster: TestCluster,
  namespace: string,
  name: string,
  options: ServiceOptions,
): Promise<void> {
  const labels = { app: name };
  if (options.port !== undefined) {
    const spec = { selector: labels, ports: [{ port: 80, targetPort: options.port }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
    await expectStatus(cluster, 201, 'POST', `/api/v1/namespaces/${namespace}/services`, service);
  }
  if (options.host !== undefined) await route(cluster, namespace, name, options.host, [['/', name]]);
  const body = deployment(namespace, name, options);
  await expectStatus(cluster, 201, 'POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, body);
}

/** An Ingress of prefixes. */
export async function route(
  cluster: TestCluster,
  namespace: string,
  name: string,
  host: string,
  paths: readonly (readonly [path: string, service: string])[],
): Promise<void> {
  const entries = paths.map(([path, service]) => ({
    path,
    pathType: 'Prefix',
    backend: { service: { name: service, port: { number: 80 } } },
  }));
  const spec = { rules: [{ host, http: { paths: entries } }] };
  const body = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, namespace }, spec };
  await expectStatus(cluster, 201, 'POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, body);
}

export function deployment(namespace: string, name: string, options: ServiceOptions): Json {
  const labels = { app: name };
  const { port } = options;
  const env = [...(port === undefined ? [] : [{ name: 'PORT', value: String(port) }]), ...(options.env ?? [])];
  const container = {
    name: 'main',
    image: 'any/image:1',
    command: options.command,
    ...(options.args ? { args: options.args } : {}),
    env,
    ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    ...options.container,
  };
  const template = {
    metadata: { labels: { ...labels, ...options.labels }, annotations: { 'coppice.dev/folder': options.folder } },
    spec: { terminationGracePeriodSeconds: 2, containers: [container], ...options.pod },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas: options.replicas ?? 1, selector: { matchLabels: labels }, template },
  };
}

/** Asks the API and fails on any other status. Returns the body. */
export async function expectStatus(
  cluster: TestCluster,
  status: number,
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<Json> {
  const answer = await cluster.api(method, path, body, contentType);
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return typeof answer.body === 'object' && answer.body !== null ? { ...answer.body } : { text: answer.body };
}

/** The pods of a deployment, without those that are on their way out. */
export async function podsOf(cluster: TestCluster, namespace: string, name: string): Promise<PodView[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`;
  const list: { items?: PodView[] } = await expectStatus(cluster, 200, 'GET', path);
  return (list.items ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

/** The one container of the one pod, once it is as wanted. */
export async function containerWhen(
  cluster: TestCluster,
  namespace: string,
  name: string,
  wanted: (container: ContainerView) => boolean,
  timeoutMs = 10_000,
): Promise<ContainerView & { pod: string }> {
  let seen: unknown;
  try {
    return await until(async () => {
      const pods = await podsOf(cluster, namespace, name);
      seen = pods.map((pod) => pod.status.containerStatuses);
      const pod = pods.find(({ status }) => status.containerStatuses?.[0] && wanted(status.containerStatuses[0]));
      const found = pod?.status.containerStatuses?.[0];
      return found && pod && { ...found, pod: pod.metadata.name };
    }, timeoutMs);
  } catch (error) {
    throw new Error(`${String(error)}\nlast seen: ${JSON.stringify(seen, undefined, 1)}\n${cluster.ownLog()}`, {
      cause: error,
    });
  }
}

/** A container's log as the API gives it. */
export async function logOf(cluster: TestCluster, namespace: string, pod: string, query = ''): Promise<string> {
  const answer = await cluster.api('GET', `/api/v1/namespaces/${namespace}/pods/${pod}/log${query}`);
  if (answer.status !== 200) throw new Error(`log: ${answer.status} ${JSON.stringify(answer.body)}`);
  return String(answer.body);
}

/** The events about an object, as "Reason: message". */
export async function eventsOf(cluster: TestCluster, namespace: string, about: string): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${about}`;
  const list: { items?: { reason: string; message: string }[] } = await expectStatus(cluster, 200, 'GET', path);
  return (list.items ?? []).map(({ reason, message }) => `${reason}: ${message}`);
}

/** A request through the gateway. */
export function throughGateway(
  cluster: TestCluster,
  host: string,
  path = '/',
  init: RequestInit = {},
): Promise<GatewayAnswer> {
  return gatewayRequest(cluster.gatewayPort, host, path, init);
}

export interface GatewayAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

async function gatewayRequest(port: number, host: string, path: string, init: RequestInit): Promise<GatewayAnswer> {
  // fetch does not let us choose the Host header.
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), Host: `${host}:${port}` };
    const call = request(
      { host: '127.0.0.1', port, path, method: init.method ?? 'GET', headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    call.once('error', reject);
    call.end(typeof init.body === 'string' ? init.body : undefined);
  });
}
