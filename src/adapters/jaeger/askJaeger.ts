import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface JaegerAnswer {
  readonly status: number;
  readonly body: string;
}

/** A thousand traces of some fifty spans each are less. */
const mostBytes = 64 * 1024 * 1024;

/**
 * What Jaeger says to a question. Redirects are not followed.
 *
 * @throws where nothing answers, or too much; the signal's reason when it aborts
 */
export function askJaeger(url: URL, signal: AbortSignal): Promise<JaegerAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : error);
    const request = send(url, { signal, agent: false, headers: { accept: 'application/json' } }, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > mostBytes) response.destroy(new Error('its answer is too long: ask for less time'));
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
      );
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end();
  });
}
