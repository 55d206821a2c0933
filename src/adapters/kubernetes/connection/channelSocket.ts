import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import { AppError } from '../../../core/errors';
import { abortError } from '../../exec/abort';
import type { KubeConnection, UpgradeRequest } from './kubeConnection';
import { connectionError, statusError, statusOf } from './mapError';

const handshakeTimeoutMs = 15_000;
const maxErrorBodyBytes = 16_384;

/**
 * Opens a WebSocket whose messages begin with the number of a channel: so Kubernetes speaks of exec and port-forward
 * (k8s.io/apimachinery/pkg/util/remotecommand and kubelet/pkg/cri/streaming). It comes paused, as its first messages may be
 * there with the answer: the caller resumes it once it listens, and ends it.
 *
 * @param protocols those that the caller speaks, the best first
 * @throws AppError as in mapError; AbortError
 */
export async function openChannels(
  connection: KubeConnection,
  request: UpgradeRequest,
  protocols: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  try {
    return await connect(connection, request, protocols, signal);
  } catch (error) {
    if (statusOf(error) !== 401) throw error;
    connection.forgetCredentials();
    return await connect(connection, request, protocols, signal);
  }
}

async function connect(
  connection: KubeConnection,
  request: UpgradeRequest,
  protocols: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  const { url, options } = await connection.upgrade(request, signal);
  const address = url.href.replace(/^http/, 'ws');
  const socket = new WebSocket(address, [...protocols], {
    ...options,
    handshakeTimeout: handshakeTimeoutMs,
    perMessageDeflate: false,
  });
  // Never once: a socket may report another error after it was ended, and nobody would catch it.
  let failure: Error | undefined;
  socket.on('error', (error) => (failure ??= error));
  const onAbort = (): void => socket.terminate();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await new Promise<WebSocket>((resolve, reject) => {
      socket.once('upgrade', (response: IncomingMessage) => response.socket.setKeepAlive(true, 15_000));
      socket.once('unexpected-response', (_, response: IncomingMessage) => {
        void readText(response).then((text) => {
          socket.terminate();
          reject(statusError(response.statusCode ?? 0, text, request));
        });
      });
      socket.once('open', () => {
        socket.pause();
        resolve(socket);
      });
      socket.once('close', () => reject(connectionError(failure ?? new Error('it was closed'), url.origin, request)));
    });
  } catch (error) {
    throw signal?.aborted ? abortError(signal) : error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Never rejects: what was read before it broke says enough. */
async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxErrorBodyBytes) break;
    }
  } catch {
    // The status alone is told then.
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a broken connection is told as. */
export function brokenConnection(what: string, cause: unknown): AppError {
  return new AppError('unreachable', `The connection to the cluster broke while ${what}.`, {
    ...(cause instanceof Error ? { explanation: cause.message } : {}),
    cause,
  });
}

/** A message as one piece, however it was received. */
export function toBuffer(raw: RawData): Buffer {
  if (Buffer.isBuffer(raw)) return raw;
  return Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw);
}
