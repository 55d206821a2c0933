import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface WebAnswer {
  readonly status: number;
  readonly body: string;
}

/** How much of an answer is read, and what is said of one that is longer. */
export interface AnswerLimit {
  readonly mostBytes: number;
  readonly tooLong: string;
}

/**
 * What a web interface says to a question. Redirects are not followed.
 *
 * @throws where nothing answers, or too much; the signal's reason when it aborts
 */
export function askWeb(url: URL, { mostBytes, tooLong }: AnswerLimit, signal: AbortSignal): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : error);
    const request = send(url, { signal, agent: false, headers: { accept: 'application/json' } }, (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > mostBytes) response.destroy(new Error(tooLong));
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
