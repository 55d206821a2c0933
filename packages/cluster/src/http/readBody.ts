import type { IncomingMessage } from 'node:http';
import type { RequestBody } from '../schema/requestBody';
import { StatusError } from '../schema/statusError';

/** As Kubernetes limits requests. */
const maximumBytes = 3 * 1024 * 1024;

/** @throws StatusError of 413 when it is too large */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maximumBytes) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maximumBytes}`);
    }
    chunks.push(chunk);
  }
  const type = (request.headers['content-type'] ?? '').split(';')[0] ?? '';
  return { type: type.trim().toLowerCase(), bytes: Buffer.concat(chunks) };
}
