import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord, recordAt, textAt, type ObjectFields } from '../../../packages/cluster/src/schema/kubeObject';
import { decodeProtobuf } from '../../../packages/cluster/src/schema/protobufBody';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { encodeProtobuf } from '../../support/encodeProtobuf';
import { until } from '../../support/until';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  for (const name of ['in-json', 'in-protobuf']) {
    await send('POST', '/api/v1/namespaces', json({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }
});
afterAll(() => api.close());

interface Body {
  type: string;
  bytes: Buffer;
}

const json = (object: ObjectFields): Body => ({
  type: 'application/json',
  bytes: Buffer.from(JSON.stringify(decodeProtobuf(encodeProtobuf(object)))),
});
const protobuf = (object: ObjectFields): Body => ({
  type: 'application/vnd.kubernetes.protobuf',
  bytes: encodeProtobuf(object),
});

/** As Go's clients ask since they write protobuf: the answer may be either. */
function send(method: string, path: string, body?: Body): Promise<{ code: number; type: string; body: ObjectFields }> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${api.token}`,
      Accept: 'application/vnd.kubernetes.protobuf,application/json',
      ...(body ? { 'Content-Type': body.type, 'Content-Length': body.bytes.length } : {}),
    };
    const call = request(new URL(path, api.server), { method, ca: api.ca, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        const parsed: ObjectFields = JSON.parse(Buffer.concat(chunks).toString());
        resolve({ code: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body: parsed });
      });
    });
    call.once('error', reject);
    call.end(body?.bytes);
  });
}

/** Without what is of the one object: when it was made, and where. */
function common(object: ObjectFields): ObjectFields {
  const { metadata, spec, ...rest } = object;
  const kept = Object.entries(isRecord(metadata) ? metadata : {}).filter(([field]) =>
    ['name', 'labels', 'annotations', 'finalizers', 'generation', 'ownerReferences'].includes(field),
  );
  const { clusterIP: _, clusterIPs: __, nodeName: ___, ...wanted } = isRecord(spec) ? spec : {};
  return { ...rest, metadata: Object.fromEntries(kept), spec: wanted };
}

const metadata = { name: 'one', labels: { app: 'one' }, annotations: { 'example.com/text': 'ü\n{"a": 1}' } };
const container = {
  name: 'web',
  image: 'test/sleep:1.0',
  command: ['sleep'],
  env: [
    { name: 'EMPTY', value: '' },
    { name: 'FROM', valueFrom: { secretKeyRef: { name: 'one', key: 'a', optional: true } } },
  ],
  ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
  resources: { requests: { cpu: '250m', memory: '64Mi' } },
  readinessProbe: { httpGet: { path: '/', port: 'http' }, initialDelaySeconds: 5 },
  livenessProbe: { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3 },
};
const selector = { matchLabels: { app: 'one' } };
const backend = { service: { name: 'one', port: { number: 80 } } };

const objects: readonly [path: string, object: ObjectFields][] = [
  ['/api/v1/namespaces/NS/configmaps', of('v1', 'ConfigMap', { data: { a: '1', b: '' }, binaryData: { c: 'AP8=' } })],
  ['/api/v1/namespaces/NS/secrets', of('v1', 'Secret', { data: { a: 'AP/+' }, stringData: { b: 'text' } })],
  ['/api/v1/namespaces/NS/serviceaccounts', of('v1', 'ServiceAccount', { automountServiceAccountToken: false })],
  [
    '/api/v1/namespaces/NS/services',
    of('v1', 'Service', {
      spec: { selector: { app: 'one' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    }),
  ],
  ['/api/v1/namespaces/NS/resourcequotas', of('v1', 'ResourceQuota', { spec: { hard: { pods: '5', cpu: '1500m' } } })],
  [
    '/api/v1/namespaces/NS/limitranges',
    of('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', default: { memory: '1Gi' } }] } }),
  ],
  [
    '/api/v1/namespaces/NS/persistentvolumeclaims',
    of('v1', 'PersistentVolumeClaim', {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        resources: { requests: { storage: '1Gi' } },
      },
    }),
  ],
  [
    '/apis/apps/v1/namespaces/NS/deployments',
    of('apps/v1', 'Deployment', {
      spec: {
        replicas: 0,
        selector,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
        template: { metadata: { labels: { app: 'one' } }, spec: { containers: [container] } },
      },
    }),
  ],
  [
    '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
    of('networking.k8s.io/v1', 'Ingress', {
      spec: { rules: [{ host: 'a.localhost', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    }),
  ],
  [
    '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
    of('networking.k8s.io/v1', 'NetworkPolicy', {
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 'http' }, { port: 80 }] }] },
    }),
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
    of('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }),
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
    of('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      subjects: [{ kind: 'ServiceAccount', name: 'one', namespace: 'in-json' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one' },
    }),
  ],
  [
    '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
    of('coordination.k8s.io/v1', 'Lease', {
      spec: { holderIdentity: 'a', leaseDurationSeconds: 15, renewTime: '2026-01-02T03:04:05.000678Z' },
    }),
  ],
];

function of(apiVersion: string, kind: string, rest: ObjectFields): ObjectFields {
  return { apiVersion, kind, metadata, ...rest };
}

describe('a request in protobuf', () => {
  it.each(objects)('creates at %s what the same in JSON creates, and is answered in JSON', async (path, object) => {
    const one = await send('POST', path.replace('NS', 'in-json'), json(object));
    const other = await send('POST', path.replace('NS', 'in-protobuf'), protobuf(object));
    expect([one.code, other.code, other.type], JSON.stringify(other.body)).toEqual([201, 201, 'application/json']);
    expect(common(other.body)).toEqual(common(one.body));
  });

  it('updates, scales, and is refused where JSON is', async () => {
    const path = '/apis/apps/v1/namespaces/in-protobuf/deployments/one';
    const { body } = await send('GET', path);
    const changed = await send('PUT', path, protobuf({ ...body, spec: { ...recordAt(body, 'spec'), paused: true } }));
    expect([changed.code, recordAt(changed.body, 'spec')?.['paused']]).toEqual([200, true]);
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'one' }, spec: { replicas: 2 } };
    expect((await send('PUT', `${path}/scale`, protobuf(scale))).code).toBe(200);
    expect(recordAt((await send('GET', path)).body, 'spec')).toMatchObject({ replicas: 2 });
    const stale = await send('PUT', path, protobuf(body));
    expect([stale.code, stale.body['reason']]).toEqual([409, 'Conflict']);
    const wrong = { ...body, metadata, spec: { ...recordAt(body, 'spec'), replicas: -1 } };
    expect((await send('PUT', path, protobuf(wrong))).code).toBe(422);
    expect((await send('POST', '/api/v1/namespaces/in-protobuf/configmaps', protobuf(body))).code).toBe(400);
  });

  it('asks for tokens and rights', async () => {
    const account = '/api/v1/namespaces/in-protobuf/serviceaccounts/one/token';
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
    const token = await send('POST', account, protobuf(asked));
    expect(textAt(token.body, 'status', 'token')).toMatch(/^ey/);
    expect(recordAt(token.body, 'spec')).toMatchObject({ expirationSeconds: 600 });
    const right = { verb: 'create', resource: 'pods', namespace: 'in-protobuf' };
    const group = 'authorization.k8s.io/v1';
    const may = { apiVersion: group, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: right } };
    const allowed = await send('POST', `/apis/${group}/selfsubjectaccessreviews`, protobuf(may));
    expect(recordAt(allowed.body, 'status')).toEqual({ allowed: true });
    const who = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const me = await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', protobuf(who));
    expect(textAt(me.body, 'status', 'userInfo', 'username')).toBe('coppice');
  });

  it('deletes by its options, as they are for every API group, and evicts', async () => {
    const pods = '/api/v1/namespaces/in-json/pods';
    for (const name of ['evicted', 'deleted']) {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container] } };
      expect((await send('POST', pods, protobuf(pod))).code).toBe(201);
    }
    const deleteOptions = { gracePeriodSeconds: 0 };
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' }, deleteOptions };
    expect((await send('POST', `${pods}/evicted/eviction`, protobuf(eviction))).code).toBe(201);
    const options = (rest: ObjectFields): Body =>
      protobuf({ apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, ...rest });
    const other = options({ preconditions: { uid: 'another' } });
    expect((await send('DELETE', `${pods}/deleted`, other)).code).toBe(409);
    expect((await send('DELETE', `${pods}/deleted`, options({}))).code).toBe(200);
    await until(() => api.objects.list('Pod', 'in-json').items.length === 0);
  });
});
