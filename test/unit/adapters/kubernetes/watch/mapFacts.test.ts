import { describe, expect, test } from 'vitest';
import type { V1Deployment, V1Ingress, V1Namespace, V1Pod } from '@kubernetes/client-node';
import { mapDeployment } from '../../../../../src/adapters/kubernetes/watch/mapDeployment';
import { mapIngress } from '../../../../../src/adapters/kubernetes/watch/mapIngress';
import { mapNamespace, terminatingReason } from '../../../../../src/adapters/kubernetes/objects/mapNamespace';
import { mapPod } from '../../../../../src/adapters/kubernetes/watch/mapPod';

/** As the API sends it: times are text there, which the generated types do not know. */
function fromJson<T>(value: object): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const status = (name: string, state: object, more: object = {}): object => ({
  name,
  ready: false,
  restartCount: 0,
  image: 'i',
  imageID: '',
  state,
  ...more,
});
const podWith = (...containerStatuses: object[]): V1Pod =>
  fromJson({
    metadata: { name: 'web-1', creationTimestamp: '2026-11-22T07:00:00Z', labels: { 'coppice.dev/service': 'web' } },
    spec: { containers: [{ name: 'web' }, { name: 'sidecar' }] },
    status: { phase: 'Running', containerStatuses },
  });

describe('a pod', () => {
  test('in back-off: the reason of the wait, and how its last run ended', () => {
    const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } };
    const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', message: 'last words\n' } };
    const pod = podWith(status('web', waiting, { restartCount: 4, lastState }));
    expect(mapPod(pod, 'Back-off restarting failed container')).toEqual({
      name: 'web-1',
      service: 'web',
      phase: 'Running',
      isReady: false,
      isDeleting: false,
      restarts: 4,
      createdAt: Date.UTC(2026, 10, 22, 7),
      container: {
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s',
        exitCode: undefined,
        lastTermination: { reason: 'OOMKilled', exitCode: 137, message: 'last words\n' },
      },
      message: undefined,
      lastWarning: 'Back-off restarting failed container',
    });
  });

  test('that something asks whether it is ready, before its start counts or after', () => {
    const probed = (probe: object): true | undefined => {
      const pod = podWith(status('web', { running: {} }));
      return mapPod(fromJson({ ...pod, spec: { containers: [{ name: 'web', ...probe }] } }), undefined).isProbed;
    };
    expect(probed({ startupProbe: { exec: { command: ['true'] } } })).toBe(true);
    expect(probed({ readinessProbe: { tcpSocket: { port: 1 } } })).toBe(true);
    expect(probed({ livenessProbe: { tcpSocket: { port: 1 } } })).toBeUndefined();
    expect(probed({})).toBeUndefined();
  });

  test('the container that is not ready decides, in the order of the spec and not of the status', () => {
    const running = { running: { startedAt: '2026-11-22T07:00:00Z' } };
    const exited = { terminated: { exitCode: 0, reason: 'Completed' } };
    expect(
      mapPod(podWith(status('sidecar', exited), status('web', running, { ready: true })), undefined).container?.state,
    ).toBe('terminated');
    expect(mapPod(podWith(status('sidecar', exited), status('web', running)), undefined).container?.state).toBe(
      'running',
    );
    expect(
      mapPod(podWith(status('web', running, { ready: true }), status('sidecar', running, { ready: true })), undefined)
        .container?.state,
    ).toBe('running');
  });

  test('an init container that is stuck decides, and one that the others wait for; one that is done does not', () => {
    const pod = podWith(status('web', { waiting: { reason: 'PodInitializing' } }));
    const withInit = (state: object): V1Pod =>
      fromJson({ ...pod, status: { ...pod.status, initContainerStatuses: [status('init', state)] } });
    expect(mapPod(withInit({ waiting: { reason: 'CrashLoopBackOff' } }), undefined).container?.reason).toBe(
      'CrashLoopBackOff',
    );
    expect(mapPod(withInit({ terminated: { exitCode: 2, reason: 'Error' } }), undefined).container?.exitCode).toBe(2);
    expect(mapPod(withInit({ running: {} }), undefined).container).toMatchObject({
      state: 'running',
      init: { done: 0 },
    });
    expect(mapPod(withInit({ terminated: { exitCode: 0, reason: 'Completed' } }), undefined).container?.reason).toBe(
      'PodInitializing',
    );
  });

  test('that cannot be scheduled says why', () => {
    const pod: V1Pod = fromJson({
      metadata: { name: 'p', deletionTimestamp: '2026-11-22T07:00:00Z' },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }],
      },
    });
    expect(mapPod(pod, undefined)).toMatchObject({
      phase: 'Pending',
      message: '0/1 nodes are available',
      isDeleting: true,
      container: undefined,
      service: '',
    });
    expect(mapPod(fromJson({ metadata: { name: 'p' } }), undefined)).toMatchObject({ phase: 'Unknown', createdAt: 0 });
  });

  test('is ready when its condition says so', () => {
    const pod = (value: string): V1Pod =>
      fromJson({ metadata: {}, status: { phase: 'Running', conditions: [{ type: 'Ready', status: value }] } });
    expect([mapPod(pod('True'), undefined).isReady, mapPod(pod('False'), undefined).isReady]).toEqual([true, false]);
  });
});

describe('a deployment', () => {
  const make = (statusPart: object): V1Deployment =>
    fromJson({
      metadata: { generation: 2, labels: { 'coppice.dev/service': 'web' } },
      spec: { replicas: 3 },
      status: statusPart,
    });

  test('counts what it has, and zero of what it does not say', () => {
    expect(
      mapDeployment(make({ observedGeneration: 2, readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 })),
    ).toEqual({
      service: 'web',
      desired: 3,
      ready: 1,
      updated: 2,
      available: 1,
      isObserved: true,
      problem: undefined,
    });
    expect(mapDeployment(make({ replicas: 3, updatedReplicas: 1 })).old).toBe(2);
    expect(mapDeployment(make({ observedGeneration: 1 }))).toMatchObject({ ready: 0, isObserved: false });
  });

  test.each([
    ['of a foreign image, without a volume', true, [{ image: 'mysql:9' }], []],
    ['of a foreign image, with files of its configuration only', true, [{ image: 'mysql:9' }], [{ configMap: {} }]],
    ['of a foreign image at a registry', true, [{ image: 'quay.io/other/coppice/db:1' }], undefined],
    ['with a volume that outlives it', false, [{ image: 'mysql:9' }], [{ persistentVolumeClaim: { claimName: 'c' } }]],
    ['in the folder of its worktree', false, [{ image: 'node:24' }], [{ hostPath: { path: '/w' } }]],
    ['built of its worktree', false, [{ image: 'coppice/shop:abc' }], []],
    ['built of its worktree, pushed', false, [{ image: '127.0.0.1:5000/coppice/shop:abc' }], []],
    ['built of its worktree, beside a foreign one', true, [{ image: 'coppice/shop:abc' }, { image: 'redis' }], []],
    ['that writes into a volume of its pod', true, [{ image: 'coppice/shop:abc' }], [{ emptyDir: {} }]],
  ])('%s: may lose data with its pods: %s', (_, isVolatile, containers, kinds) => {
    const volumes = kinds?.map((kind, index) => ({ name: `v${index}`, ...kind }));
    const deployment: V1Deployment = fromJson({ spec: { template: { spec: { containers, volumes } } } });
    expect(mapDeployment(deployment).isVolatile ?? false).toBe(isVolatile);
  });

  test.each([
    ['2', 2],
    ['0', 0],
    ['', undefined],
    ['two', undefined],
  ])('that says %j asks for %s pods', (text, wanted) => {
    const annotations = { 'coppice.dev/replicas': text };
    expect(mapDeployment(fromJson({ metadata: { annotations }, spec: { replicas: 1 } })).wanted).toBe(wanted);
  });

  test('that is stuck says why', () => {
    const deadline = {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'timed out progressing',
    };
    const quota = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' };
    expect(mapDeployment(make({ conditions: [deadline] })).problem).toBe('timed out progressing');
    expect(mapDeployment(make({ conditions: [quota] })).problem).toBe('exceeded quota');
    expect(
      mapDeployment(
        make({
          conditions: [
            { ...deadline, status: 'True' },
            { ...quota, status: 'False' },
          ],
        }),
      ).problem,
    ).toBeUndefined();
  });
});

describe('an ingress', () => {
  test('leads hosts and paths to services, at the port where it really listens', () => {
    const ingress: V1Ingress = fromJson({
      spec: {
        rules: [
          {
            host: 'a.localhost',
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 1 } } } },
                { path: '/x', backend: { resource: { kind: 'Bucket', name: 'b' } } },
              ],
            },
          },
          { host: 'b.localhost' },
        ],
      },
      status: {
        loadBalancer: {
          ingress: [
            {
              hostname: 'localhost',
              ports: [
                { port: 53, protocol: 'UDP' },
                { port: 8081, protocol: 'TCP' },
              ],
            },
          ],
        },
      },
    });
    expect(mapIngress(ingress)).toEqual({ rules: [{ host: 'a.localhost', path: '/', service: 'web' }], port: 8081 });
    const stripped = { ...ingress, metadata: { annotations: { 'coppice.dev/strip-prefix': '/api' } } };
    expect(mapIngress(stripped).rules).toEqual([{ host: 'a.localhost', path: '/api', service: 'web' }]);
    const paths = [
      { path: '/api', pathType: 'Exact' },
      { path: '/api/', pathType: 'Prefix' },
      { path: '/docs/', pathType: 'Prefix' },
    ].map((path) => ({ ...path, backend: { service: { name: 'web', port: { number: 1 } } } }));
    const inTwo: V1Ingress = fromJson({ spec: { rules: [{ host: 'a.localhost', http: { paths } }] } });
    expect(mapIngress(inTwo).rules.map(({ path }) => path)).toEqual(['/api', '/docs/']);
    expect(mapIngress(fromJson({ spec: {}, status: { loadBalancer: {} } }))).toEqual({ rules: [], port: undefined });
  });
});

describe('a namespace', () => {
  test('has an owner only when both labels are there', () => {
    const labelled = (labels: object): V1Namespace =>
      fromJson({ metadata: { name: 'n', uid: 'u', labels, annotations: { 'coppice.dev/ref': 'r', other: 'x' } } });
    expect(mapNamespace(labelled({ 'coppice.dev/repository': 'aa', 'coppice.dev/worktree': 'bb' }))).toEqual({
      name: 'n',
      uid: 'u',
      owner: { repositoryId: 'aa', worktreeId: 'bb' },
      terminating: false,
      annotations: { ref: 'r' },
    });
    expect(mapNamespace(labelled({ 'coppice.dev/repository': 'aa' })).owner).toBeUndefined();
    expect(
      mapNamespace(labelled({ 'coppice.dev/repository': 'aa', 'coppice.dev/worktree': '' })).owner,
    ).toBeUndefined();
  });

  test('that does not go away says why, a failure before what remains', () => {
    const namespace: V1Namespace = fromJson({
      metadata: { deletionTimestamp: '2026-11-22T07:00:00Z' },
      status: {
        conditions: [
          { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', message: 'no' },
          { type: 'NamespaceContentRemaining', status: 'True', message: 'pods remain' },
          { type: 'NamespaceDeletionContentFailure', status: 'True', message: 'a webhook refuses' },
        ],
      },
    });
    expect(mapNamespace(namespace).terminating).toBe(true);
    expect(terminatingReason(namespace)).toBe('a webhook refuses');
    expect(terminatingReason(fromJson({}))).toBeUndefined();
    const remains: V1Namespace = fromJson({
      status: {
        conditions: [
          { type: 'NamespaceContentRemaining', status: 'True', message: 'configmaps remain' },
          { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'example.com/hold holds one' },
        ],
      },
    });
    expect(terminatingReason(remains)).toBe('example.com/hold holds one');
  });
});
