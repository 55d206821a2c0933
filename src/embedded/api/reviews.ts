import { isRecord, kubeTime, numberAt, recordAt, textAt, type JsonRecord } from './kubeObject';

const admin = { username: 'coppice', uid: 'coppice', groups: ['system:masters', 'system:authenticated'] };

/** Answers to questions about who may do what: there is one user, and it may do everything. Undefined for other paths. */
export function reviewDocument(pathname: string, body: JsonRecord, token: string): JsonRecord | undefined {
  switch (pathname) {
    case '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews':
      return { metadata: {}, ...body, status: { allowed: true } };
    case '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
      const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
      const nonResourceRules = [{ verbs: ['*'], nonResourceURLs: ['*'] }];
      return { ...body, status: { resourceRules, nonResourceRules, incomplete: false } };
    }
    case '/apis/authentication.k8s.io/v1/selfsubjectreviews':
      return { metadata: {}, ...body, status: { userInfo: admin } };
    case '/apis/authentication.k8s.io/v1/tokenreviews': {
      const known = textAt(body, 'spec', 'token') === token;
      return { ...body, status: known ? { authenticated: true, user: admin } : { authenticated: false } };
    }
    default:
      return undefined;
  }
}

/** The answer to a TokenRequest: every service account acts as the one user. */
export function tokenDocument(body: JsonRecord, namespace: string, name: string, token: string): JsonRecord {
  const seconds = numberAt(body, 'spec', 'expirationSeconds') ?? 3600;
  const spec = recordAt(body, 'spec') ?? {};
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { ...(isRecord(body['metadata']) ? body['metadata'] : {}), name, namespace },
    spec: { audiences: [], ...spec, expirationSeconds: seconds },
    status: { token, expirationTimestamp: kubeTime(new Date(Date.now() + seconds * 1000)) },
  };
}
