import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueAccountToken } from '../../../packages/cluster/src/auth/accountTokens';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { connect, type KubeConnection } from '../../support/kubeConnection';

let api: TestApi;
let admin: KubeConnection;

beforeAll(async () => {
  api = await startTestApi();
  admin = await connect(api.kubeconfig);
  for (const namespace of ['mine', 'theirs']) {
    await make('/api/v1/namespaces', { metadata: { name: namespace } });
    await make(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'settings' }, data: { a: 'b' } });
    await make(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'database' } });
    await make(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'other' } });
  }
  await make('/api/v1/namespaces/mine/serviceaccounts', { metadata: { name: 'worktree' } });
  await make('/apis/rbac.authorization.k8s.io/v1/namespaces/mine/roles', {
    metadata: { name: 'worktree' },
    rules: [
      { apiGroups: [''], resources: ['configmaps', 'pods', 'pods/log'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['database'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['*/scale'], verbs: ['patch'] },
    ],
  });
  await make('/apis/rbac.authorization.k8s.io/v1/namespaces/mine/rolebindings', {
    metadata: { name: 'worktree' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'worktree' },
    subjects: [{ kind: 'ServiceAccount', name: 'worktree', namespace: 'mine' }],
  });
});
afterAll(async () => {
  admin.close();
  await api.close();
});

async function make(path: string, body: object): Promise<void> {
  expect((await admin.call('POST', path, { body })).status).toBe(201);
}

async function tokenOf(seconds = 3600): Promise<{ token: string; expirationTimestamp: string }> {
  const path = '/api/v1/namespaces/mine/serviceaccounts/worktree/token';
  const { status, json } = await admin.call('POST', path, { body: { spec: { expirationSeconds: seconds } } });
  expect(status).toBe(201);
  return json.status;
}

const as = (token: string, method: string, path: string, body?: object) =>
  admin.call(method, path, { body, anonymous: true, headers: { authorization: `Bearer ${token}` } });

describe('a service account', () => {
  it('may do in its namespace what its role says, and nothing else', async () => {
    const { token } = await tokenOf();
    const status = async (method: string, path: string, body?: object) => (await as(token, method, path, body)).status;
    expect(await status('GET', '/api/v1/namespaces/mine/configmaps')).toBe(200);
    expect(await status('GET', '/api/v1/namespaces/mine/configmaps/settings')).toBe(200);
    expect(await status('GET', '/api/v1/namespaces/mine/secrets/database')).toBe(200);
    expect(await status('GET', '/api/v1/namespaces/mine/secrets/other')).toBe(403);
    expect(await status('GET', '/api/v1/namespaces/mine/secrets')).toBe(403);
    expect(await status('DELETE', '/api/v1/namespaces/mine/configmaps/settings')).toBe(403);
    expect(await status('POST', '/api/v1/namespaces/mine/configmaps', { metadata: { name: 'x' } })).toBe(403);
    // Allowed, and there is none.
    expect(await status('PATCH', '/apis/apps/v1/namespaces/mine/deployments/none/scale', {})).not.toBe(403);
  });

  it('may do nothing in another namespace, of all namespaces, or with what lies in none', async () => {
    const { token } = await tokenOf();
    for (const path of [
      '/api/v1/namespaces/theirs/configmaps',
      '/api/v1/namespaces/theirs/configmaps/settings',
      '/api/v1/namespaces/theirs/secrets/database',
      '/api/v1/configmaps',
      '/api/v1/configmaps?watch=true',
      '/api/v1/namespaces',
      '/api/v1/namespaces/mine',
      '/api/v1/nodes',
      '/coppice/visits',
      '/coppice/history/mine',
      '/metrics',
      '/apis/metrics.k8s.io/v1beta1/pods',
    ])
      expect({ path, status: (await as(token, 'GET', path)).status }).toEqual({ path, status: 403 });
    expect((await as(token, 'DELETE', '/api/v1/namespaces/mine')).status).toBe(403);
    const more = '/api/v1/namespaces/theirs/serviceaccounts/default/token';
    expect((await as(token, 'POST', more, {})).status).toBe(403);
  });

  it('is told what it may not do, as Kubernetes tells it', async () => {
    const { token } = await tokenOf();
    const { json } = await as(token, 'GET', '/api/v1/namespaces/theirs/pods/x');
    expect(json).toMatchObject({
      reason: 'Forbidden',
      code: 403,
      message:
        'pods "x" is forbidden: User "system:serviceaccount:mine:worktree" cannot get resource "pods" in API group "" in the namespace "theirs"',
    });
  });

  it('finds out what there is, who it is, and what it may do', async () => {
    const { token } = await tokenOf();
    for (const path of ['/api', '/apis', '/api/v1', '/apis/apps/v1', '/apis/metrics.k8s.io/v1beta1', '/version'])
      expect({ path, status: (await as(token, 'GET', path)).status }).toEqual({ path, status: 200 });
    const who = await as(token, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(who.json.status.userInfo.username).toBe('system:serviceaccount:mine:worktree');
    const may = async (resourceAttributes: object): Promise<boolean> => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      return (await as(token, 'POST', path, { spec: { resourceAttributes } })).json.status.allowed;
    };
    expect(await may({ namespace: 'mine', verb: 'list', resource: 'pods' })).toBe(true);
    expect(await may({ namespace: 'mine', verb: 'get', resource: 'pods', subresource: 'log' })).toBe(true);
    expect(await may({ namespace: 'mine', verb: 'get', resource: 'pods', subresource: 'exec' })).toBe(false);
    expect(await may({ namespace: 'theirs', verb: 'list', resource: 'pods' })).toBe(false);
    expect(await may({ namespace: 'mine', verb: 'delete', resource: 'pods' })).toBe(false);
  });
});

describe('its token', () => {
  const path = '/api/v1/namespaces/mine/configmaps';

  it('is good for as long as it says, and is nothing that can be made elsewhere', async () => {
    const { token, expirationTimestamp } = await tokenOf(7200);
    const left = Date.parse(expirationTimestamp) - Date.now();
    expect(left).toBeGreaterThan(7_100_000);
    expect(left).toBeLessThanOrEqual(7_200_000);
    const { json } = await admin.call('GET', '/api/v1/namespaces/mine/serviceaccounts/worktree');
    const account = { namespace: 'mine', name: 'worktree', uid: json.metadata.uid as string };
    const status = async (text: string) => (await as(text, 'GET', path)).status;
    expect(await status(issueAccountToken(account, api.token, Date.now() + 60_000))).toBe(200);
    expect(await status(issueAccountToken(account, api.token, Date.now() - 1000))).toBe(401);
    expect(await status(issueAccountToken(account, 'another secret', Date.now() + 60_000))).toBe(401);
    expect(await status(issueAccountToken({ ...account, uid: 'x' }, api.token, Date.now() + 60_000))).toBe(401);
    const [header, claims, signature] = token.split('.');
    for (const broken of [`${header}.${claims}.`, `${header}.${claims}`, `${header}..${signature}`, `${token}.x`, '..'])
      expect(await status(broken)).toBe(401);
  });

  it('ends with its account, also when one of the same name is made', async () => {
    const accounts = '/api/v1/namespaces/mine/serviceaccounts';
    await make(accounts, { metadata: { name: 'short-lived' } });
    const { json } = await admin.call('POST', `${accounts}/short-lived/token`, { body: {} });
    const { token } = json.status;
    const whoami = async () =>
      (await as(token, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {})).status;
    expect(await whoami()).toBe(201);
    await admin.call('DELETE', `${accounts}/short-lived`);
    expect(await whoami()).toBe(401);
    await make(accounts, { metadata: { name: 'short-lived' } });
    expect(await whoami()).toBe(401);
  });
});
