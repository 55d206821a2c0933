import { WebSocket } from 'ws';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { connect, type CallOptions, type KubeConnection } from '../../support/kubeConnection';

const admission = ['receive', 'identify', 'route', 'authorize'];
const whole = [...admission, 'negotiate', 'read', 'answer'];
const maps = '/api/v1/namespaces/default/configmaps';
const merge = 'application/merge-patch+json';
const review = { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };

let api: TestApi;
let connection: KubeConnection;
const entered: string[] = [];

beforeAll(async () => {
  api = await startTestApi((name) => entered.push(name));
  connection = await connect(api.kubeconfig);
});
afterAll(async () => {
  connection.close();
  await api.close();
});
beforeEach(() => {
  entered.length = 0;
});

it.each<[method: string, path: string, status: number, options?: CallOptions]>([
  ['POST', maps, 201, { body: { metadata: { name: 'one' } } }],
  ['GET', maps, 200],
  ['GET', `${maps}/one`, 200],
  ['PUT', `${maps}/one`, 200, { body: { metadata: { name: 'one' }, data: { a: 'b' } } }],
  ['PATCH', `${maps}/one`, 200, { body: { data: { a: 'c' } }, type: merge }],
  ['DELETE', `${maps}/one`, 200],
  ['DELETE', maps, 200],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 201, { body: review }],
  ['GET', '/apis', 200],
  ['GET', '/openapi/v2', 200],
  ['GET', '/coppice/visits', 200],
  ['GET', '/coppice/history/theirs', 200],
  ['GET', '/metrics', 200],
  ['GET', '/apis/metrics.k8s.io/v1beta1/pods', 200],
  ['GET', '/healthz', 200, { anonymous: true }],
  ['GET', `${maps}/none`, 404],
  ['PUT', maps, 405],
])('a %s of %s passes each stage once', async (method, path, status, options) => {
  expect((await connection.call(method, path, options)).status).toBe(status);
  expect(entered).toEqual(whole);
});

it.each<[what: string, status: number, options?: CallOptions]>([
  [maps, 401, { anonymous: true }],
  ['/nowhere', 404],
  ['/nowhere', 401, { anonymous: true }],
])('%s is refused with %d before anything of it is read', async (path, status, options) => {
  const answer = await connection.call('POST', path, { body: {}, ...options });
  expect(answer.status).toBe(status);
  expect(entered).toEqual(admission);
});

it('a connection into a pod is admitted by the same stages', async () => {
  const socket = new WebSocket(`${api.server.replace('https', 'wss')}/api/v1/namespaces/default/pods/none/exec`, {
    ca: api.ca,
    headers: { Authorization: `Bearer ${api.token}` },
  });
  const status = await new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.once('error', reject);
  });
  expect(status).toBe(404);
  expect(entered).toEqual([...admission, 'upgrade']);
});
