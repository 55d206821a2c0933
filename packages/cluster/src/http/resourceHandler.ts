import type { IncomingMessage, ServerResponse } from 'node:http';
import { deleteObject, readDeleteOptions } from '../lifecycle/deletion';
import { isRecord, type ObjectFields, type KubeObject } from '../schema/kubeObject';
import { streamLog } from '../streams/logResponse';
import type { Representation } from '../print/negotiation';
import { applyObject } from '../patch/objectApply';
import { appliedConfiguration, applyPatchType, patchedObject, patchFunction } from '../patch/objectPatches';
import { listDocument, objectDocument, selectionOf } from '../print/objectReads';
import type { WriteOptions } from '../patch/objectWrites';
import { protobufMediaType } from '../schema/protobufBody';
import { json, objectFrom, parseBody, textOf, type RequestBody } from '../schema/requestBody';
import type { ResourceRequest } from '../schema/requestPath';
import type { Reply, ServerContext } from './call';
import { tokenDocument } from '../auth/reviews';
import { scaleOf, withScale } from '../patch/scale';
import { StatusError } from '../schema/statusError';
import { streamWatch } from '../streams/watchResponse';

interface Call extends ResourceRequest {
  context: Pick<ServerContext, 'objects' | 'writes' | 'logs' | 'token'>;
  query: URLSearchParams;
  representation: Representation;
  body: RequestBody;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Serves one request about a resource. Undefined when it has answered itself, as a stream. Rejects with a StatusError. */
export async function handleResource(call: Call): Promise<Reply | undefined> {
  const { request, name, subresource } = call;
  if (subresource !== undefined && name !== undefined) return await handleSubresource(call, name, subresource);
  const method = request.method ?? 'GET';
  if (name === undefined) {
    if (method === 'GET') return isWatch(call.query) ? watch(call) : ok(list(call));
    if (method === 'POST') return await create(call);
    if (method === 'DELETE') return await deleteCollection(call);
    throw StatusError.methodNotAllowed();
  }
  switch (method) {
    case 'GET':
      return isWatch(call.query) ? watch(call) : ok(document(call, find(call, name)));
    case 'PUT':
      return await replace(call, name);
    case 'PATCH':
      return await patch(call, name);
    case 'DELETE':
      return await remove(call, name);
    default:
      throw StatusError.methodNotAllowed();
  }
}

/** What a connection into a pod is asked for by, see podUpgrades.ts. */
const upgraded = new Set(['pods/exec', 'pods/attach', 'pods/portforward']);

async function handleSubresource(call: Call, name: string, subresource: string): Promise<Reply | undefined> {
  const { resource, namespace, request, response, context, query } = call;
  const method = request.method ?? 'GET';
  const served = `${resource.plural}/${subresource}`;
  const isPart = (subresource === 'status' && resource.hasStatus) || (subresource === 'scale' && resource.hasScale);
  if (isPart) {
    if (method === 'GET') return ok(part(call, find(call, name), subresource));
    if (method === 'PUT') return await replace(call, name);
    if (method === 'PATCH') return await patch(call, name);
    throw StatusError.methodNotAllowed();
  }
  if (served === 'pods/log' && namespace !== undefined) {
    if (method !== 'GET') throw StatusError.methodNotAllowed();
    await streamLog(context, { namespace, name, query }, response);
    return undefined;
  }
  if (upgraded.has(served)) {
    find(call, name);
    throw StatusError.badRequest('Upgrade request required');
  }
  if (served === 'pods/eviction' && method === 'POST') {
    const body = parseBody(call.body);
    const options = readDeleteOptions(body['deleteOptions'], query);
    await deleteObject(context.objects, resource, namespace, name, options);
    return { code: 201, body: success() };
  }
  if (served === 'serviceaccounts/token' && method === 'POST' && namespace !== undefined) {
    const account = find(call, name);
    const body = parseBody(call.body);
    return { code: 201, body: tokenDocument(body, account, context.token) };
  }
  if (served === 'namespaces/finalize' && method === 'PUT') return await replace(call, name);
  throw StatusError.noSuchResource();
}

export function isWatch(query: URLSearchParams): boolean {
  return query.get('watch') === 'true' || query.get('watch') === '1';
}

function watch(call: Call): undefined {
  streamWatch(call.context.objects, call, call.response);
}

function list({ context, resource, namespace, query, representation }: Call): object {
  return listDocument(context.objects, { resource, namespace, query, representation });
}

function find({ context, resource, namespace }: Call, name: string): KubeObject {
  const found = context.objects.get(resource.kind, namespace, name);
  if (!found) throw StatusError.notFound(resource, name);
  return found;
}

function document({ representation, query }: Call, object: KubeObject): object {
  return objectDocument(object, representation, query);
}

function part(call: Call, object: KubeObject, subresource: string | undefined): object {
  return subresource === 'scale' ? scaleOf(object) : document(call, object);
}

function ok(body: object): Reply {
  return { code: 200, body };
}

function success(details?: object): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details ? { details } : {}) };
}

async function create(call: Call): Promise<Reply> {
  const { context, resource, namespace, query, request } = call;
  if (resource.namespaced && namespace === undefined) throw StatusError.methodNotAllowed();
  const object = objectFrom(parseBody(call.body), resource, namespace, undefined);
  const created = await context.writes.create(resource, object, writeOptions(request, query));
  return { code: 201, body: document(call, created) };
}

async function replace(call: Call, name: string): Promise<Reply> {
  const { context, resource, namespace, query, request, subresource } = call;
  const body = parseBody(call.body);
  const options = writeOptions(request, query, subresource);
  const updated = await context.writes.update(resource, namespace, name, options, (existing) =>
    subresource === 'scale'
      ? withScale(existing, body, resource)
      : checkedUid(objectFrom(body, resource, namespace, name), existing, resource),
  );
  return ok(part(call, updated, subresource));
}

async function patch(call: Call, name: string): Promise<Reply> {
  const { context, resource, namespace, query, request, subresource, body } = call;
  const options = writeOptions(request, query, subresource);
  if (body.type === applyPatchType && subresource !== 'scale') return await apply(call, name, body, options);
  const change = patchFunction(body, resource);
  const updated = await context.writes.update(resource, namespace, name, options, (existing) => {
    if (subresource === 'scale') return withScale(existing, change(scaleOf(existing)), resource);
    const patched = patchedObject(change(existing), resource, existing);
    return checkedUid(patched, existing, resource);
  });
  return ok(part(call, updated, subresource));
}

async function apply(call: Call, name: string, body: RequestBody, options: WriteOptions): Promise<Reply> {
  const { context, resource, namespace, query } = call;
  const manager = query.get('fieldManager') ?? '';
  if (manager === '') {
    throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      { reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' },
    ]);
  }
  const configuration = appliedConfiguration(body, resource, namespace, name);
  const force = query.get('force') === 'true' || query.get('force') === '1';
  const { object, created } = await applyObject(context, resource, configuration, { ...options, manager, force });
  return { code: created ? 201 : 200, body: document(call, object) };
}

async function remove(call: Call, name: string): Promise<Reply> {
  const { context, resource, namespace, query } = call;
  const options = readDeleteOptions(optionsBody(call.body), query);
  const { object, gone } = await deleteObject(context.objects, resource, namespace, name, options);
  if (!gone || resource.kind === 'Pod') return ok(document(call, object));
  const { uid } = object.metadata;
  const group = resource.group === '' ? {} : { group: resource.group };
  return ok(success({ name, ...group, kind: resource.plural, ...(uid === undefined ? {} : { uid }) }));
}

async function deleteCollection(call: Call): Promise<Reply> {
  const { context, resource, namespace, query } = call;
  if (resource.namespaced && namespace === undefined) throw StatusError.methodNotAllowed();
  const options = readDeleteOptions(optionsBody(call.body), query);
  const selected = context.objects.list(resource.kind, namespace).items.filter(selectionOf(resource, query));
  for (const { metadata } of selected) {
    try {
      await deleteObject(context.objects, resource, metadata.namespace, metadata.name, options);
    } catch (error) {
      // Gone meanwhile, or one that stays whoever asks: the others are deleted all the same.
      if (!(error instanceof StatusError && (error.code === 404 || error.code === 403))) throw error;
    }
  }
  return ok(list(call));
}

function optionsBody(body: RequestBody): ObjectFields | undefined {
  if (textOf(body).trim() === '') return undefined;
  if (body.type === protobufMediaType) return parseBody(body);
  const parsed = json(textOf(body));
  return isRecord(parsed) ? parsed : undefined;
}

function checkedUid(object: KubeObject, existing: KubeObject, resource: ResourceRequest['resource']): KubeObject {
  const { uid, name } = object.metadata;
  if (uid === undefined || uid === '' || uid === existing.metadata.uid) return object;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${existing.metadata.uid ?? ''}`;
  throw StatusError.conflict(resource, name, why);
}

/** The manager's name is asked for, or the first word of the client's own. */
function writeOptions(request: IncomingMessage, query: URLSearchParams, subresource?: string): WriteOptions {
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) {
    throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
      {
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: ${JSON.stringify(dryRun[0])}: supported values: "All"`,
        field: 'dryRun',
      },
    ]);
  }
  const agent = request.headers['user-agent']?.split('/')[0] ?? '';
  const manager = query.get('fieldManager') || agent || 'unknown';
  const part = subresource === undefined || subresource === 'finalize' ? {} : { subresource };
  return { dryRun: dryRun.length > 0, manager, ...part };
}
