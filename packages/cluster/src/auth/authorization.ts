import { groupsOf, userNameOf, type Caller } from './authentication';
import { recordAt, recordsAt, textAt, valueAt, type ObjectFields, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';
import type { ResourceRequest } from '../schema/requestPath';
import { StatusError } from '../schema/statusError';

/** What somebody wants to do, in the words of RBAC. */
export interface Attempt {
  verb: string;
  group: string;
  /** With its subresource: `pods/log`. */
  resource: string;
  /** Undefined for what lies in none, and for all at once. */
  namespace: string | undefined;
  name: string | undefined;
}

/** What a request is in the words of RBAC (kubernetes.io/docs/reference/access-authn-authz/authorization, "request verb"). */
export function attemptOf(method: string, request: ResourceRequest, isWatch: boolean): Attempt {
  const { resource, name, subresource } = request;
  const isOfNamespace = resource.kind === 'Namespace' && name !== undefined;
  return {
    verb: verbOf(method, name !== undefined, isWatch),
    group: resource.group,
    resource: subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`,
    namespace: isOfNamespace ? name : request.namespace,
    name,
  };
}

function verbOf(method: string, hasName: boolean, isWatch: boolean): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return hasName ? 'delete' : 'deletecollection';
    default:
      return isWatch ? 'watch' : hasName ? 'get' : 'list';
  }
}

/** Throws a StatusError (403) unless the caller may do it. */
export function authorize(objects: Pick<ObjectStore, 'get' | 'list'>, caller: Caller, attempt: Attempt): void {
  if (isAllowed(objects, caller, attempt)) return;
  const { verb, group, resource, namespace, name } = attempt;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw new StatusError(
    403,
    'Forbidden',
    `${resource}${name === undefined ? '' : ` "${name}"`} is forbidden: User "${userNameOf(caller)}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
    {
      ...(name === undefined ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind: resource.split('/')[0] ?? resource,
    },
  );
}

export function isAllowed(objects: Pick<ObjectStore, 'get' | 'list'>, caller: Caller, attempt: Attempt): boolean {
  return rulesOf(objects, caller, attempt.namespace).some((rule) => allows(rule, attempt));
}

/** The rules that roles give to a caller in a namespace, those of the whole cluster included. */
export function rulesOf(
  objects: Pick<ObjectStore, 'get' | 'list'>,
  caller: Caller,
  namespace: string | undefined,
): ObjectFields[] {
  if (caller.kind === 'admin') return [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
  const bindings = [
    ...objects.list('ClusterRoleBinding').items,
    ...(namespace === undefined ? [] : objects.list('RoleBinding', namespace).items),
  ];
  return bindings
    .filter((binding) => recordsAt(binding, 'subjects').some((subject) => isSubject(subject, caller)))
    .flatMap((binding) => recordsAt(roleOf(objects, binding), 'rules'));
}

function roleOf(objects: Pick<ObjectStore, 'get'>, binding: KubeObject): KubeObject | undefined {
  const { kind, name } = recordAt(binding, 'roleRef') ?? {};
  if (typeof name !== 'string') return undefined;
  return kind === 'Role'
    ? objects.get('Role', binding.metadata.namespace, name)
    : objects.get('ClusterRole', undefined, name);
}

function isSubject(subject: ObjectFields, caller: Caller & { kind: 'account' }): boolean {
  const name = textAt(subject, 'name');
  switch (textAt(subject, 'kind')) {
    case 'ServiceAccount':
      return name === caller.name && textAt(subject, 'namespace') === caller.namespace;
    case 'Group':
      return name !== undefined && groupsOf(caller).includes(name);
    case 'User':
      return name === userNameOf(caller);
    default:
      return false;
  }
}

function allows(rule: ObjectFields, { verb, group, resource, name }: Attempt): boolean {
  const names = textsAt(rule, 'resourceNames');
  const [, subresource] = resource.split('/');
  const resources = textsAt(rule, 'resources');
  return (
    includes(textsAt(rule, 'verbs'), verb) &&
    includes(textsAt(rule, 'apiGroups'), group) &&
    (includes(resources, resource) || (subresource !== undefined && resources.includes(`*/${subresource}`))) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

function includes(given: readonly string[], wanted: string): boolean {
  return given.includes('*') || given.includes(wanted);
}

function textsAt(value: ObjectFields, field: string): string[] {
  const found = valueAt(value, field);
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [];
}
