import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/**
 * The answer to a request, once its headers are there. Where it was sent over a connection that had been left open, and that was
 * closed from the other side just then, it is sent again over one of its own: an agent leaves connections open for what reads alone.
 */
export function sendOnce(url: URL, options: RequestOptions, body: Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = send(url, options);
    let isAnswered = false;
    outgoing.once('response', (response) => {
      isAnswered = true;
      resolve(response);
    });
    // Never once: a socket may report a second error after it was destroyed, and nobody would catch it.
    outgoing.on('error', (error) => {
      if (outgoing.reusedSocket && !isAnswered && options.signal?.aborted !== true)
        resolve(sendOnce(url, { ...options, agent: false }, body));
      else reject(error);
    });
    outgoing.once('socket', (socket) => socket.setKeepAlive(true, 15_000));
    outgoing.end(body);
  });
}
