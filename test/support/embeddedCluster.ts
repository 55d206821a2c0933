import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clusterMemory } from '../../packages/cluster/src/contract';
import { FreePorts } from '../../packages/cluster/src/network/freePort';
import { findMarked } from '../../packages/cluster/src/process/killProcessTree';
import { until } from './until';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bundle = join(root, 'dist', 'cluster.js');

/** What the cluster prints once it is ready. */
export interface ReadyLine {
  pid: number;
  startedAt: string;
  version: string;
  server: string;
  gatewayPort: number;
}

export interface ApiAnswer {
  status: number;
  /** The parsed JSON; the text where it is none. */
  body: unknown;
}

export interface TestCluster extends ReadyLine {
  /** COPPICE_HOME. */
  home: string;
  /** The cluster's own folder in it. */
  folder: string;
  kubeconfig: string;
  token: string;
  /** For a child process that is to use this cluster: kubectl, helm, the CLI. */
  env: NodeJS.ProcessEnv;
  /** A request to the API, with the token and the certificate. */
  api(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** The cluster's own log. */
  ownLog(): string;
  /** Ends it as a person would, and fails when it or a process that it started is still there. The folder stays. */
  stop(): Promise<void>;
  /** Kills it without warning and waits until every process that it started is gone. */
  crash(): Promise<void>;
  /** Starts it again in the same folder. */
  startAgain(): Promise<TestCluster>;
  /** Stops it if it runs, and removes its folder. For afterAll and afterEach. */
  dispose(): Promise<void>;
}

/**
 * Starts an embedded cluster in a folder of its own, on free ports. Builds it first when its sources are newer.
 *
 * @param options `node`: options of Node
 */
export async function startTestCluster(
  options: { home?: string; args?: readonly string[]; node?: readonly string[] } = {},
): Promise<TestCluster> {
  buildCluster();
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'coppice-cluster-')));
  const args = options.args ?? ['--gateway-port', String(await freePort())];
  const child = spawnCluster(home, args, options.node);
  const ready = await readyLine(child);
  const folder = join(home, 'cluster');
  const kubeconfig = join(folder, 'kubeconfig');
  const token = (await readFile(join(folder, 'token'), 'utf8')).trim();
  const ca = certificateOf(await readFile(kubeconfig, 'utf8'));
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  const noProcessLeft = async (): Promise<void> => {
    const mark = markOf(folder);
    await until(async () => (await findMarked(mark)).length === 0);
  };
  const cluster: TestCluster = {
    ...ready,
    home,
    folder,
    kubeconfig,
    token,
    env: { ...process.env, COPPICE_HOME: home, KUBECONFIG: kubeconfig, HELM_NAMESPACE: undefined },
    api: (method, path, body, contentType) => callApi(ready.server, { token, ca }, method, path, body, contentType),
    ownLog: () => readFileSync(join(folder, 'cluster.log'), 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      if (child.exitCode !== 0)
        throw new Error(`the cluster ended with ${child.exitCode ?? child.signalCode}:\n${cluster.ownLog()}`);
      await noProcessLeft();
    },
    async crash() {
      child.kill('SIGKILL');
      await exited;
      await noProcessLeft();
    },
    startAgain: () => startTestCluster({ ...options, home, args }),
    async dispose() {
      if (alive()) await cluster.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
  return cluster;
}

/** The cluster as a program, without waiting for anything. */
export function spawnCluster(home: string, args: readonly string[], node: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [...clusterMemory, ...node, bundle, ...args], {
    env: { ...process.env, COPPICE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

/** Rejects when it ends without having printed one. */
export function readyLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    if (!child.stdout) throw new Error('the cluster was started without a pipe');
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the cluster ended with ${code}: ${errors}`)));
  });
}

/** A port that nothing uses now. */
export const freePort = (): Promise<number> => new FreePorts().take();

function certificateOf(kubeconfig: string): string {
  const encoded = /certificate-authority-data": *"([^"]+)/.exec(kubeconfig)?.[1];
  if (encoded === undefined) throw new Error('the kubeconfig has no certificate');
  return Buffer.from(encoded, 'base64').toString();
}

function markOf(folder: string): string {
  const registry: { mark: string } = JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'));
  return registry.mark;
}

function callApi(
  server: string,
  access: { token: string; ca: string },
  method: string,
  path: string,
  body: unknown,
  contentType = 'application/json',
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${access.token}`,
      Accept: 'application/json',
      'Content-Type': contentType,
    };
    const call = request(new URL(path, server), { method, ca: access.ca, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = response.headers['content-type']?.includes('json') ?? false;
        resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(text) : text });
      });
    });
    call.once('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Test files run side by side: one of them builds, the others wait. */
function buildCluster(): void {
  const lock = join(root, 'out', 'cluster-build.lock');
  mkdirSync(dirname(lock), { recursive: true });
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  while (isStale()) {
    let handle: number;
    try {
      handle = openSync(lock, 'wx');
    } catch {
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 60_000)
        rmSync(lock, { force: true });
      Atomics.wait(waiting, 0, 0, 100);
      continue;
    }
    try {
      if (!isStale()) return;
      const done = spawnSync(process.execPath, ['scripts/build.mjs', '--only=cluster'], {
        cwd: root,
        encoding: 'utf8',
      });
      if (done.status !== 0) throw new Error(`the cluster cannot be built:\n${done.stdout}${done.stderr}`);
    } finally {
      closeSync(handle);
      rmSync(lock, { force: true });
    }
  }
}

function isStale(): boolean {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  const sources = readdirSync(join(root, 'packages'), { recursive: true, withFileTypes: true });
  return sources.some((entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > built);
}
