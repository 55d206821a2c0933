import { resourceOfPath, type Resource } from './resources';

/** What a path below /api or /apis means. */
export interface ResourceRequest {
  resource: Resource;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** Undefined for a path that is not a resource's. The segments are as in the URL, still encoded. */
export function parseResourcePath(pathname: string): ResourceRequest | undefined {
  const segments = pathname.split('/').slice(1).map(decode);
  if (segments.some((segment) => segment === undefined || segment === '')) return undefined;
  const [root, ...rest] = segments.flatMap((segment) => segment ?? []);
  const groupLength = root === 'api' ? 1 : root === 'apis' ? 2 : 0;
  if (groupLength === 0 || rest.length <= groupLength) return undefined;
  const [group = '', version = ''] = root === 'api' ? ['', rest[0]] : rest;
  const path = rest.slice(groupLength);

  // …/namespaces/<ns>/<plural>/<name>/<subresource>, unless it is about the namespace itself.
  if (path[0] === 'namespaces' && path.length >= 3) {
    const [, namespace = '', plural = '', name, ...subresource] = path;
    const resource = resourceOfPath(group, version, plural);
    if (resource?.namespaced) return request(resource, namespace, name, subresource);
    if (group !== '') return undefined;
  }
  const [plural = '', name, ...subresource] = path;
  const resource = resourceOfPath(group, version, plural);
  if (!resource || (resource.namespaced && name !== undefined)) return undefined;
  return request(resource, undefined, name, subresource);
}

/** `jobs in batch/v1`: what a path asks for where it is a resource's, whether there is such a one or not. */
export function shownResource(pathname: string): string | undefined {
  const [, group, plural] =
    /^\/apis\/([a-z0-9.-]+\/v[a-z0-9]+)\/(?:namespaces\/[^/]+\/)?([a-z]+)(?:\/[^/]*)*$/.exec(pathname) ?? [];
  return group === undefined || plural === undefined ? undefined : `${plural} in ${group}`;
}

function request(
  resource: Resource,
  namespace: string | undefined,
  name: string | undefined,
  subresource: readonly string[],
): ResourceRequest {
  return {
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource.length === 0 ? {} : { subresource: subresource.join('/') }),
  };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
