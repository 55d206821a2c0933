import type { CoreV1Event, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { ago } from '../../../../../src/adapters/kubernetes/workloads/describeText';
import { serviceDescription } from '../../../../../src/adapters/kubernetes/workloads/serviceDescription';

const now = Date.parse('2026-11-22T12:00:00Z');
/** As it comes over the wire, where times are text. */
const fromJson = <T>(value: object): T => JSON.parse(JSON.stringify(value)) as T;

const deployment = fromJson<V1Deployment>({
  metadata: {
    name: 'backend',
    creationTimestamp: '2026-11-22T09:55:00Z',
    labels: { 'coppice.dev/service': 'backend', 'coppice.dev/worktree': 'bb' },
  },
  spec: { replicas: 2, strategy: { type: 'RollingUpdate' } },
  status: {
    ...{ replicas: 2, updatedReplicas: 2, readyReplicas: 1 },
    conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Too few.' }],
  },
});

const pod = fromJson<V1Pod>({
  metadata: { name: 'backend-1', creationTimestamp: '2026-11-22T11:00:00Z' },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'backend',
        image: 'node:24',
        command: ['node', 'a b.js', '--x="1"'],
        ports: [{ containerPort: 8000 }],
        resources: { limits: { memory: '512Mi' } },
        readinessProbe: { httpGet: { path: '/healthz', port: 8000 }, periodSeconds: 2, failureThreshold: 3 },
        env: [
          { name: 'PORT', value: '8000' },
          { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'coppice-database', key: 'DATABASE_URL' } } },
        ],
        volumeMounts: [{ name: 'work', mountPath: '/workspace' }],
      },
    ],
  },
  status: {
    phase: 'Running',
    startTime: '2026-11-22T11:00:00Z',
    podIP: '10.0.0.7',
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'not ready: [backend]' }],
    containerStatuses: [
      {
        name: 'backend',
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
        lastState: {
          terminated: { exitCode: 3, reason: 'Error', message: 'boom\n', finishedAt: '2026-11-22T11:59:20Z' },
        },
      },
    ],
  },
});

const event = (message: string, lastTimestamp: string, count: number): CoreV1Event =>
  fromJson({
    type: 'Warning',
    reason: 'BackOff',
    message,
    lastTimestamp,
    count,
    involvedObject: { kind: 'Pod', name: 'backend-1' },
    metadata: {},
  });

test('a description reads like that of kubectl, the newest event last', () => {
  const events = [event('second\nline', '2026-11-22T11:59:50Z', 7), event('first', '2026-11-22T11:58:00Z', 1)];
  const parts = { namespace: 'worktree-x', service: 'backend', deployments: [deployment], pods: [pod], events };
  expect(serviceDescription(parts, now)).toBe(`Service:    backend
Namespace:  worktree-x

Deployment backend
  Created:   2h5m ago
  Pods:      2 desired, 2 updated, 2 in all, 1 ready, 0 available
  Strategy:  RollingUpdate
  Labels:
    coppice.dev/worktree:  bb
  Conditions:
    Available  False  MinimumReplicasUnavailable: Too few.

Pod backend-1
  Status:   Running
  Started:  1h ago
  Node:     node-1
  IP:       10.0.0.7
  Containers:
    backend:
      Image:       node:24
      Command:     "node" "a b.js" "--x=\\"1\\""
      Ports:       8000/TCP
      State:       Waiting: CrashLoopBackOff: back-off 40s
      Last state:  Terminated: Error (exit code 3, 40s ago): boom
      Ready:       false
      Restarts:    4
      Limits:      memory 512Mi
      Readiness:   GET http://:8000/healthz, every 2s, 3 failures in a row count
      Environment:
        PORT:          8000
        DATABASE_URL:  <key DATABASE_URL of secret coppice-database>
      Mounts:
        /workspace from work
  Conditions:
    Ready  False  ContainersNotReady: not ready: [backend]

Events:
  2m ago             Warning  BackOff  Pod backend-1  first
  10s ago (7 times)  Warning  BackOff  Pod backend-1  second line
`);
});

test('without pods and events it says so', () => {
  const parts = { namespace: 'n', service: 's', deployments: [deployment], pods: [], events: [] };
  expect(serviceDescription(parts, now)).toMatch(/\n\nNo pods\n\nEvents: none\n$/);
});

test.each([
  [0, '0s'],
  [59_400, '59s'],
  [61_000, '1m1s'],
  [3_600_000, '1h'],
  [90_000_000, '1d1h'],
  [-5000, '0s'],
])('%i ms ago is %s', (ms, text) => {
  expect(ago(now - ms, now)).toBe(text);
});

test('holds no commands to a terminal, wherever they come from', () => {
  const hostile = '\u001b[31mred\u001b[0m \u001b]52;c;aGk=\u0007\u001b[2Jcleared';
  const status = {
    phase: 'Failed',
    message: hostile,
    containerStatuses: [
      { name: 'backend', ready: false, restartCount: 0, lastState: { terminated: { exitCode: 1, message: hostile } } },
    ],
  };
  const event = { metadata: {}, involvedObject: { kind: 'Pod', name: hostile }, message: hostile, reason: hostile };
  const text = serviceDescription(
    {
      ...{ namespace: 'worktree-feature', service: 'backend', deployments: [deployment] },
      pods: [fromJson<V1Pod>({ ...pod, status })],
      events: [fromJson<CoreV1Event>(event)],
    },
    now,
  );
  expect(text).not.toContain('\u001b');
  expect(text).toContain('red cleared');
});
