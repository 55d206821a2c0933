import type { ServerResponse } from 'node:http';
import type { ObjectEvent } from '../store/eventLog';
import { selectionOf, rowObjectOf } from '../print/objectReads';
import type { KubeObject } from '../schema/kubeObject';
import type { Representation } from '../print/negotiation';
import type { ObjectStore } from '../store/objectStore';
import { apiVersionOf, type Resource } from '../schema/resources';
import { StatusError } from '../schema/statusError';
import { partialMetadata, tableOf } from '../print/table';

export interface WatchRequest {
  resource: Resource;
  namespace?: string | undefined;
  name?: string | undefined;
  query: URLSearchParams;
  representation: Representation;
}

/** A watcher that reads slower than things happen is cut off: it lists again, as after any lost connection. */
const maximumBufferedBytes = 8 * 1024 * 1024;
const bookmarkMilliseconds = 60_000;

/**
 * Streams the changes of the selected objects, one JSON line each, until the client leaves, the time is over or it is
 * too slow. Throws a StatusError before the first byte for a request that cannot be served.
 */
export function streamWatch(objects: ObjectStore, request: WatchRequest, response: ServerResponse): void {
  const { resource, namespace, query, representation } = request;
  const selects = selectionOf(resource, query, request.name);
  const rowObject = rowObjectOf(query);
  const concerns = (object: KubeObject): boolean =>
    (namespace === undefined || object.metadata.namespace === namespace) && selects(object);
  const from = query.get('resourceVersion') ?? '';
  if (from !== '' && !/^\d+$/.test(from))
    throw StatusError.badRequest(`resourceVersion: Invalid value: ${JSON.stringify(from)}`);
  const initial = from === '' || from === '0' || query.get('sendInitialEvents') === 'true';
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';

  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  response.flushHeaders();

  let headerSent = false;
  const write = (line: string): void => {
    response.write(line);
    if (response.writableLength > maximumBufferedBytes) response.destroy();
  };
  const send = (type: string, object: KubeObject): void => {
    write(`${JSON.stringify({ type, object: formed(object) })}\n`);
  };
  const formed = (object: KubeObject): object => {
    const { as, apiVersion } = representation;
    if (as === 'PartialObjectMetadata') return partialMetadata(object, apiVersion);
    if (as === 'Object') return object;
    const { resourceVersion = '' } = object.metadata;
    const withHeader = !headerSent;
    headerSent = true;
    return tableOf(resource.kind, [object], { resourceVersion }, { rowObject, apiVersion, withHeader });
  };
  const bookmark = (annotations?: Record<string, string>): void => {
    const metadata = { name: '', resourceVersion: objects.resourceVersion, ...(annotations ? { annotations } : {}) };
    const object: KubeObject = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
    if (representation.as === 'Table') return;
    delete (object.metadata as { name?: string }).name;
    write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  };
  const onEvent = (event: ObjectEvent): void => {
    if (event.kind !== resource.kind) return;
    const type = changeFor(event, concerns);
    if (type) send(type, event.object);
  };

  let stop: () => void;
  try {
    stop = initial ? objects.subscribe(onEvent) : objects.subscribeAfter(from, onEvent);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    response.end(`${JSON.stringify({ type: 'ERROR', object: error.toStatus() })}\n`);
    return;
  }
  if (initial) {
    for (const object of objects.list(resource.kind, namespace).items) {
      if (concerns(object)) send('ADDED', object);
    }
    if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });
  }

  const beat = bookmarks ? setInterval(() => bookmark(), bookmarkMilliseconds) : undefined;
  const over = setTimeout(() => {
    if (bookmarks) bookmark();
    silence();
    response.end();
  }, watchMilliseconds(query));
  // The connection closes a while after the end: what is written between the two would be a fault, and end the cluster.
  const silence = (): void => {
    stop();
    clearInterval(beat);
    clearTimeout(over);
  };
  response.once('close', silence);
}

/** What a write means to a watcher of some objects: one that begins to be selected is new to it, one that no longer is has gone. */
export function changeFor(
  event: ObjectEvent,
  concerns: (object: KubeObject) => boolean,
): ObjectEvent['type'] | undefined {
  const before = event.previous !== undefined && concerns(event.previous);
  const after = event.type !== 'DELETED' && concerns(event.object);
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : undefined;
}

function watchMilliseconds(query: URLSearchParams): number {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  if (Number.isFinite(seconds) && seconds > 0) return Math.min(seconds, 86_400) * 1000;
  // Between half an hour and an hour, so that all watchers do not come back at once.
  return 1_800_000 * (1 + Math.random());
}
