import type { WebSocket } from 'ws';
import { AppError, isAbort, isAppError, toAppError } from '../../../core/errors';
import { openChannels, toBuffer } from '../connection/channelSocket';
import type { KubeConnection } from '../connection/kubeConnection';
import { isReady, livingPods } from './servicePods';

const protocols = ['v4.channel.k8s.io'];
const errorChannel = 1;

export interface PodPort {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

/**
 * A paused WebSocket to a port of whichever pod of the service is ready. A pod may go between the list and the request: then the
 * next one is asked, while nothing was sent yet.
 *
 * @throws notFound when no pod is ready, AppError as in mapError, AbortError
 */
export async function openPodPort(
  connection: KubeConnection,
  { namespace, service, port }: PodPort,
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  const pods = (await livingPods(connection, namespace, service, signal)).filter(isReady);
  let failure: AppError | undefined;
  for (const { metadata } of pods) {
    const pod = metadata?.name ?? '';
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
    const resource = `port ${port} of pod ${JSON.stringify(pod)}`;
    const request = { path, query: { ports: String(port) }, verb: 'forward', resource };
    try {
      return await openChannels(connection, request, protocols, signal);
    } catch (error) {
      if (isAbort(error) || isAppError(error, 'denied')) throw error;
      failure = toAppError(error);
    }
  }
  throw failure ?? new AppError('notFound', `No pod of "${service}" is ready: port ${port} leads nowhere now.`);
}

/**
 * What the cluster says against a connection to a port. Undefined: nothing, in the time given, which is all that the protocol
 * tells of a port where somebody listens; or no pod is ready, and nobody knows.
 *
 * @param patienceMs how long a refusal is waited for
 */
export async function podPortProblem(
  connection: KubeConnection,
  at: PodPort,
  patienceMs: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let socket: WebSocket;
  try {
    socket = await openPodPort(connection, at, signal);
  } catch (error) {
    if (isAppError(error, 'notFound')) return undefined;
    throw error;
  }
  const limit = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]);
  let said = '';
  await new Promise<void>((resolve) => {
    limit.addEventListener('abort', () => resolve(), { once: true });
    socket.once('close', () => resolve());
    let skipped = 0;
    socket.on('message', (raw) => {
      const message = toBuffer(raw);
      if (message[0] !== errorChannel) return;
      // The channel begins with the port's number, in two bytes.
      const text = message.subarray(1 + Math.max(0, 2 - skipped));
      skipped += message.length - 1;
      said += text.toString('utf8');
      if (text.length > 0) resolve();
    });
    socket.resume();
  });
  socket.terminate();
  signal?.throwIfAborted();
  return said.trim() || undefined;
}
