import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/** A server answers within milliseconds. One that is slow for once is asked a second time, which reads only. */
const silentMs = 4_000;

/**
 * The answer to a request, once its headers are there. Where it was sent over a connection that had been left open, and that was
 * closed from the other side just then, or of which nobody knows any more on the way there, as after a laptop's sleep, it is sent
 * again over one of its own: an agent leaves connections open for what reads alone.
 *
 * @param patienceMs how long a connection that had been left open may be silent
 */
export function sendOnce(
  url: URL,
  options: RequestOptions,
  body: Buffer | undefined,
  patienceMs = silentMs,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = send(url, options);
    let isOver = false;
    let silence: NodeJS.Timeout | undefined;
    outgoing.once('response', (response) => {
      isOver = true;
      clearTimeout(silence);
      resolve(response);
    });
    // Never once: a socket may report a second error after it was destroyed, and nobody would catch it.
    outgoing.on('error', (error) => {
      clearTimeout(silence);
      if (isOver) return;
      isOver = true;
      if (outgoing.reusedSocket && options.signal?.aborted !== true)
        resolve(sendOnce(url, { ...options, agent: false }, body));
      else reject(error);
    });
    outgoing.once('socket', (socket) => {
      socket.setKeepAlive(true, 15_000);
      if (outgoing.reusedSocket)
        silence = setTimeout(() => outgoing.destroy(new Error('The connection is silent.')), patienceMs);
    });
    outgoing.end(body);
  });
}
