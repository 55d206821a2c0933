import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { lookup } from 'node:dns';

export interface Answer {
  readonly status: number;
  /** Lower-case names; of several with one name all, joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** At most `mostBytes` of it. */
  readonly body: string;
}

const mostBytes = 64 * 1024;

/** Browsers know that every name below localhost is this machine (RFC 6761, section 6.3); resolvers often do not. */
const localLookup: LookupFunction = (hostname, options, callback) => {
  if (!/(^|\.)localhost\.?$/i.test(hostname)) return lookup(hostname, options, callback);
  if (options.all === true)
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  else callback(null, '127.0.0.1', 4);
};

/** GET without following redirects. Rejects when nothing answers, and with the signal's reason when it aborts. */
export function ask(url: URL, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : error);
    const request = send(
      url,
      { signal, lookup: localLookup, agent: false, headers: { accept: 'text/html,application/json' } },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        const finish = (): void => {
          const headers = Object.fromEntries(
            Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.join(', ')]),
          );
          resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(parts).toString('utf8') });
        };
        response.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size < mostBytes) return;
          finish();
          response.destroy();
        });
        response.on('end', finish);
        response.on('error', fail);
      },
    );
    request.on('error', fail);
    request.end();
  });
}
