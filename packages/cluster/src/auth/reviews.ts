import { issueAccountToken } from './accountTokens';
import { callerOf, groupsOf, userNameOf, type Caller } from './authentication';
import { isAllowed, rulesOf } from './authorization';
import {
  isRecord,
  kubeTime,
  numberAt,
  recordAt,
  textAt,
  type ObjectFields,
  type KubeObject,
} from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';

/** Who asks, and what there is to judge by. */
export interface Review {
  caller: Caller;
  objects: Pick<ObjectStore, 'get' | 'list'>;
  /** Of the one user. */
  token: string;
}

/** The answer to a question about who may do what. */
type Answer = (body: ObjectFields, review: Review) => ObjectFields;

const answers: Readonly<Record<string, Answer>> = {
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': (body, review) => ({
    metadata: {},
    ...body,
    status: { allowed: accessReview(body, review) },
  }),
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': (body, { caller, objects }) => {
    const resourceRules = rulesOf(objects, caller, textAt(body, 'spec', 'namespace'));
    const nonResourceRules = caller.kind === 'admin' ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [];
    return { ...body, status: { resourceRules, nonResourceRules, incomplete: false } };
  },
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': (body, { caller }) => ({
    metadata: {},
    ...body,
    status: { userInfo: userInfo(caller) },
  }),
  '/apis/authentication.k8s.io/v1/tokenreviews': (body, { objects, token }) => {
    const known = callerOf(`Bearer ${textAt(body, 'spec', 'token') ?? ''}`, token, objects);
    return { ...body, status: known ? { authenticated: true, user: userInfo(known) } : { authenticated: false } };
  },
};

export function isReviewPath(pathname: string): boolean {
  return Object.hasOwn(answers, pathname);
}

/** Throws for a path that is no review's. */
export function reviewDocument(pathname: string, body: ObjectFields, review: Review): ObjectFields {
  const answer = answers[pathname];
  if (!answer) throw new Error(`${pathname} is no review`);
  return answer(body, review);
}

function accessReview(body: ObjectFields, { caller, objects }: Review): boolean {
  const asked = recordAt(body, 'spec', 'resourceAttributes');
  if (!asked) return caller.kind === 'admin';
  const text = (field: string): string | undefined => textAt(asked, field) || undefined;
  const subresource = text('subresource');
  const resource = text('resource') ?? '*';
  return isAllowed(objects, caller, {
    verb: text('verb') ?? '*',
    group: text('group') ?? '',
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: text('namespace'),
    name: text('name'),
  });
}

function userInfo(caller: Caller): ObjectFields {
  return { username: userNameOf(caller), uid: userNameOf(caller), groups: groupsOf(caller) };
}

/** The answer to a TokenRequest: good for as long as was asked, as long as there is that account. */
export function tokenDocument(body: ObjectFields, account: KubeObject, secret: string): ObjectFields {
  const { name, namespace = '', uid = '' } = account.metadata;
  const seconds = numberAt(body, 'spec', 'expirationSeconds') ?? 3600;
  const spec = recordAt(body, 'spec') ?? {};
  const now = Date.now();
  const expires = now + seconds * 1000;
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { ...(isRecord(body['metadata']) ? body['metadata'] : {}), name, namespace },
    spec: { audiences: [], ...spec, expirationSeconds: seconds },
    status: {
      token: issueAccountToken({ namespace, name, uid }, secret, expires),
      expirationTimestamp: kubeTime(new Date(expires)),
    },
  };
}
