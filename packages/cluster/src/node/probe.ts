import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { kubernetesVersion } from '../schema/kubernetesVersion';
import { answerText, speaksTls } from '../hints/probeAnswer';
import { connectLoopback, LoopbackAgent } from '../network/loopback';
import type { V1Container } from '../engine/engineTypes';

export type Probe = NonNullable<V1Container['readinessProbe']>;
type HttpGet = NonNullable<Probe['httpGet']>;

export interface ProbeTarget {
  container: V1Container;
  /** The port of this machine that stands for a container port. */
  realPort(containerPort: number): number;
  /** Runs a command in the container. Rejects when it cannot run or takes too long. */
  exec(command: readonly string[], timeoutSeconds: number): Promise<{ exitCode: number; output: string }>;
}

export interface ProbeOutcome {
  healthy: boolean;
  /** Why not, in Kubernetes' words. */
  message: string;
  /** The port of this machine at which nothing listens: the process may still be starting. */
  refusedPort?: number | undefined;
  /** What it answered, where that was not what is wanted. */
  answer?: string | undefined;
  /** The port of this machine at which a program has answered. */
  answeredPort?: number | undefined;
}

/** All pods are on this machine: messages name the address that is really asked, not one of a pod, which nobody could reach. */
const HOST = '127.0.0.1';
const HEALTHY: ProbeOutcome = { healthy: true, message: '' };

/** Asks a container's process how it is. Never rejects: who does not answer is not healthy. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeOutcome> {
  const timeoutSeconds = probe.timeoutSeconds ?? 1;
  try {
    if (probe.exec) return await askCommand(probe.exec.command ?? [], timeoutSeconds, target);
    if (probe.httpGet) return await askHttp(probe.httpGet, timeoutSeconds * 1000, target);
    if (probe.tcpSocket) return await askTcp(probe.tcpSocket.port, timeoutSeconds * 1000, target);
    return { healthy: false, message: 'this kind of probe is not supported by the embedded cluster' };
  } catch (error) {
    return { healthy: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The number of a port that a probe or a service names. Throws when the container declares no port of that name. */
export function containerPort(port: number | string, container: V1Container): number {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  const declared = container.ports?.find(({ name }) => name === port);
  if (!declared) throw new Error(`couldn't find port: ${JSON.stringify(port)} in container ${container.name}`);
  return declared.containerPort;
}

async function askCommand(command: readonly string[], timeout: number, target: ProbeTarget): Promise<ProbeOutcome> {
  const { exitCode, output } = await target.exec(command, timeout);
  return exitCode === 0 ? HEALTHY : { healthy: false, message: output.slice(0, 10_240) };
}

async function askTcp(port: number | string, timeoutMs: number, target: ProbeTarget): Promise<ProbeOutcome> {
  const number = target.realPort(containerPort(port, target.container));
  const socket = await within(connectLoopback(number), timeoutMs).catch(() => undefined);
  socket?.destroy();
  if (socket) return { ...HEALTHY, answeredPort: number };
  return { healthy: false, message: `dial tcp ${HOST}:${number}: connect: connection refused`, refusedPort: number };
}

const agent = new LoopbackAgent();

async function askHttp(get: HttpGet, timeoutMs: number, target: ProbeTarget): Promise<ProbeOutcome> {
  const port = target.realPort(containerPort(get.port, target.container));
  const path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`;
  const secure = get.scheme?.toUpperCase() === 'HTTPS';
  const url = `${secure ? 'https' : 'http'}://${HOST}:${port}${path}`;
  const headers: Record<string, string> = {
    'User-Agent': `kube-probe/${kubernetesVersion.major}.${kubernetesVersion.minor}`,
    Accept: '*/*',
    Connection: 'close',
  };
  for (const { name, value } of get.httpHeaders ?? []) headers[name] = value ?? '';
  headers['Host'] ??= `${get.host ?? HOST}:${port}`;
  const options = { host: HOST, port, path, headers, signal: AbortSignal.timeout(timeoutMs) };
  try {
    const { status, answer } = await new Promise<{ status: number; answer?: string | undefined }>((resolve, reject) => {
      const onResponse = (response: IncomingMessage): void => {
        const { statusCode: status = 0 } = response;
        if (isWell(status)) {
          response.resume();
          resolve({ status });
          return;
        }
        // It has answered: that it does not come to an end of it in time is no other failure.
        request.off('error', reject).on('error', () => undefined);
        void answerText(response).then((answer) => resolve({ status, answer }));
      };
      const request = secure
        ? httpsRequest({ ...options, rejectUnauthorized: false }, onResponse)
        : httpRequest({ ...options, agent }, onResponse);
      request.on('error', reject);
      request.end();
    });
    if (isWell(status)) return { ...HEALTHY, answeredPort: port };
    return { healthy: false, message: `HTTP probe failed with statuscode: ${status}`, answer, answeredPort: port };
  } catch (error) {
    const isTls = !secure && !isRefused(error) && !isLate(error) && (await speaksTls(port));
    const problem = httpProblem(error, `${HOST}:${port}`);
    const message = `Get "${url}": ${problem}${isTls ? '; it speaks TLS (HTTPS), and is asked in plain HTTP' : ''}`;
    return { healthy: false, message, refusedPort: isRefused(error) ? port : undefined };
  }
}

function httpProblem(error: unknown, address: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (isRefused(error)) return `dial tcp ${address}: connect: connection refused`;
  if (isLate(error)) {
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  }
  if (code === 'ECONNRESET') return 'EOF';
  return error instanceof Error ? error.message : String(error);
}

function isWell(status: number): boolean {
  return status >= 200 && status < 400;
}

function isLate(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timed out')), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
