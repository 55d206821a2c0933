import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { containerOf } from './containerOf';
import type { ObjectStore } from '../store/objectStore';
import type { PodLogOptions, PodLogs } from './podLogs';
import { resourceOfKind } from '../schema/resources';
import { StatusError } from '../schema/statusError';

/**
 * Streams a container's log as plain text. Rejects with a StatusError while nothing was sent; ends the stream when the log ends or the
 * client leaves.
 */
export async function streamLog(
  { objects, logs }: { objects: ObjectStore; logs: PodLogs },
  { namespace, name, query }: { namespace: string; name: string; query: URLSearchParams },
  response: ServerResponse,
): Promise<void> {
  const pod = objects.get('Pod', namespace, name);
  if (!pod) throw StatusError.notFound(resourceOfKind('Pod'), name);
  const container = containerOf(pod, query.get('container') ?? '');
  const source = { namespace, name, uid: pod.metadata.uid ?? '', container };
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const chunks = logs.read(source, logOptions(query, name), gone.signal)[Symbol.asyncIterator]();
  let next: IteratorResult<Uint8Array> | undefined;
  let started = false;
  const begin = (): void => {
    if (started || response.destroyed) return;
    started = true;
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
  };
  try {
    const first = chunks.next();
    // A log that is followed may stay silent: the client is told that it is there once it was not refused.
    const silent = setTimeout(begin, 100);
    try {
      next = await first;
    } finally {
      clearTimeout(silent);
    }
    begin();
    while (!next.done && !response.destroyed) {
      if (!response.write(next.value)) {
        await once(response, 'drain', { signal: gone.signal });
      }
      next = await chunks.next();
    }
    response.end();
  } catch (error) {
    if (started || gone.signal.aborted) response.destroy();
    else throw refusal(error, container, name);
  } finally {
    await chunks.return?.();
  }
}

function refusal(error: unknown, container: string, pod: string): unknown {
  if (error instanceof StatusError || !(error instanceof Error)) return error;
  if (!('status' in error) || error.status !== 400) return error;
  return StatusError.badRequest(error.message || `container "${container}" in pod "${pod}" is waiting to start`);
}

function logOptions(query: URLSearchParams, pod: string): PodLogOptions {
  const since = query.get('sinceTime');
  const sinceTime = since === null ? undefined : new Date(since);
  if (sinceTime && Number.isNaN(sinceTime.getTime())) throw StatusError.badRequest('sinceTime is not a time');
  const tailLines = countOf(query, pod, 'tailLines', 0);
  const sinceSeconds = countOf(query, pod, 'sinceSeconds', 1);
  const limitBytes = countOf(query, pod, 'limitBytes', 1);
  return {
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  };
}

function countOf(query: URLSearchParams, pod: string, field: string, least: number): number | undefined {
  const text = query.get(field);
  if (text === null) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw StatusError.invalid({ group: '', kind: 'PodLogOptions' }, pod, [
    {
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${text}: must be greater than or equal to ${least}`,
      field,
    },
  ]);
}
