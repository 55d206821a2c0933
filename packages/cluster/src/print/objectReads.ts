import { parseFieldSelector, type ObjectPredicate } from '../schema/fieldSelector';
import type { KubeObject } from '../schema/kubeObject';
import { parseLabelSelector } from '../schema/labelSelector';
import type { Representation } from './negotiation';
import type { ObjectStore } from '../store/objectStore';
import { apiVersionOf, type Resource } from '../schema/resources';
import { StatusError } from '../schema/statusError';
import { partialMetadata, tableOf, type ListMeta, type RowObject } from './table';

/** Which objects of a kind a request is about. Throws a StatusError of 400. */
export function selectionOf(resource: Resource, query: URLSearchParams, name?: string): ObjectPredicate {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', resource);
  return (object) =>
    labels(object.metadata.labels) && fields(object) && (name === undefined || object.metadata.name === name);
}

export interface ListRequest {
  resource: Resource;
  namespace?: string | undefined;
  query: URLSearchParams;
  representation: Representation;
}

/** What a list answers, in the wanted form. Throws a StatusError of 400 or 410. */
export function listDocument(objects: ObjectStore, request: ListRequest): object {
  const { resource, namespace, query } = request;
  checkListVersion(objects, query);
  const { items, resourceVersion } = objects.list(resource.kind, namespace);
  const page = pageOf(items.filter(selectionOf(resource, query)), resourceVersion, query);
  return documentOf(resource, page.items, page.metadata, request);
}

function documentOf(
  resource: Resource,
  items: readonly KubeObject[],
  metadata: ListMeta,
  { representation, query }: ListRequest,
): object {
  const { as, apiVersion } = representation;
  if (as === 'Table') {
    return tableOf(resource.kind, items, metadata, { rowObject: rowObjectOf(query), apiVersion, withHeader: true });
  }
  if (as === 'PartialObjectMetadata') {
    const partial = items.map((object) => partialMetadata(object, apiVersion));
    return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: partial };
  }
  // Items of a list do not repeat what they are, as Kubernetes sends them.
  const bare = items.map(({ apiVersion: _, kind: __, ...rest }) => rest);
  return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items: bare };
}

/** One object in the wanted form. */
export function objectDocument(object: KubeObject, representation: Representation, query: URLSearchParams): object {
  const { as, apiVersion } = representation;
  if (as === 'PartialObjectMetadata') return partialMetadata(object, apiVersion);
  if (as === 'Object') return object;
  const { resourceVersion } = object.metadata;
  const metadata = resourceVersion === undefined ? {} : { resourceVersion };
  return tableOf(object.kind, [object], metadata, { rowObject: rowObjectOf(query), apiVersion, withHeader: true });
}

/** How much of each object goes with its row. Throws a StatusError of 400. */
export function rowObjectOf(query: URLSearchParams): RowObject {
  const wanted = query.get('includeObject') ?? 'Metadata';
  if (wanted === 'None' || wanted === 'Metadata' || wanted === 'Object') return wanted;
  throw StatusError.badRequest(`unrecognized includeObject value: ${JSON.stringify(wanted)}`);
}

/** A list is always of now; a client that insists on another version hears that it is gone or not there yet. */
function checkListVersion(objects: ObjectStore, query: URLSearchParams): void {
  const match = query.get('resourceVersionMatch');
  const version = query.get('resourceVersion') ?? '';
  if (match !== null && match !== '' && version === '') {
    throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      {
        reason: 'FieldValueForbidden',
        message: 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
        field: 'resourceVersionMatch',
      },
    ]);
  }
  if (version === '') return;
  if (!/^\d+$/.test(version))
    throw StatusError.badRequest(
      `Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
    );
  if (Number(version) > Number(objects.resourceVersion)) throw tooLarge(version, objects.resourceVersion);
  if (match === 'Exact' && version !== objects.resourceVersion) {
    throw StatusError.expired(`The provided resource version is too old: ${version} (${objects.resourceVersion})`);
  }
}

function tooLarge(version: string, current: string): StatusError {
  const message = `Too large resource version: ${version}, current: ${current}`;
  return new StatusError(504, 'Timeout', `Timeout: ${message}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
}

interface Page {
  items: readonly KubeObject[];
  metadata: ListMeta;
}

/** `limit` and `continue`. The token names the last object sent; later pages are of the state then, not of the first page's. */
function pageOf(items: readonly KubeObject[], resourceVersion: string, query: URLSearchParams): Page {
  const limit = Number(query.get('limit') ?? 0);
  const token = query.get('continue') ?? '';
  if (!Number.isInteger(limit) || limit < 0) throw StatusError.badRequest('limit is not a count');
  const after = token === '' ? undefined : decodeToken(token);
  const rest = after === undefined ? items : items.filter((object) => keyOf(object) > after);
  const shown = limit > 0 ? rest.slice(0, limit) : rest;
  const last = shown.at(-1);
  const remaining = rest.length - shown.length;
  if (remaining === 0 || !last) return { items: shown, metadata: { resourceVersion } };
  const next = Buffer.from(JSON.stringify({ after: keyOf(last) })).toString('base64url');
  return { items: shown, metadata: { resourceVersion, continue: next, remainingItemCount: remaining } };
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function decodeToken(token: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'after' in parsed) return String(parsed.after);
  } catch {
    // Falls through to the refusal.
  }
  throw StatusError.badRequest('continue key is not valid: it was not handed out by this server');
}
