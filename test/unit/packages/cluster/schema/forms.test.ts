import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../../../../packages/cluster/src/print/age';
import { checkTypes } from '../../../../../packages/cluster/src/schema/fieldTypes';
import {
  isDns1035Label,
  isDnsLabel,
  isDnsSubdomain,
  isLabelValue,
  isQualifiedName,
} from '../../../../../packages/cluster/src/schema/nameRules';
import { negotiate } from '../../../../../packages/cluster/src/print/negotiation';
import { podReadiness, podReason, podRestarts } from '../../../../../packages/cluster/src/print/podPrinting';
import { flag, message, text } from '../../../../../packages/cluster/src/schema/protobuf';
import { parseResourcePath } from '../../../../../packages/cluster/src/schema/requestPath';
import { parseStored } from '../../../../../packages/cluster/src/store/storedObject';

describe('paths', () => {
  it.each([
    ['/api/v1/pods', { plural: 'pods' }],
    ['/api/v1/namespaces', { plural: 'namespaces' }],
    ['/api/v1/namespaces/x', { plural: 'namespaces', name: 'x' }],
    ['/api/v1/namespaces/x/status', { plural: 'namespaces', name: 'x', subresource: 'status' }],
    ['/api/v1/namespaces/x/pods/y/log', { plural: 'pods', namespace: 'x', name: 'y', subresource: 'log' }],
    ['/apis/apps/v1/namespaces/x/deployments', { plural: 'deployments', namespace: 'x' }],
    ['/apis/rbac.authorization.k8s.io/v1/clusterroles/a%3Ab', { plural: 'clusterroles', name: 'a:b' }],
  ])('%s', (path, expected) => {
    const { resource, ...rest } = parseResourcePath(path) ?? {};
    expect({ plural: resource?.plural, ...rest }).toEqual(expected);
  });

  it.each([
    '/',
    '/api',
    '/api/v1',
    '/apis/apps/v1',
    '/api/v1/nothing',
    '/apis/apps/v1/pods',
    '/api/v1/pods/x',
    '/api/v1//pods',
    '/api/v1/namespaces/%',
  ])('not a resource: %s', (path) => expect(parseResourcePath(path)).toBeUndefined());
});

describe('accepted forms', () => {
  it.each([
    [undefined, 'Object'],
    ['*/*', 'Object'],
    ['application/json', 'Object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'Object'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'Table'],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1', 'PartialObjectMetadata'],
    ['application/json;as=Unknown;g=x;v=v9,application/json', 'Object'],
  ])('%s', (accept, expected) => expect(negotiate(accept).as).toBe(expected));

  it('refuses others', () => expect(() => negotiate('text/html')).toThrow(expect.objectContaining({ code: 406 })));
});

describe('ages', () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  it.each([
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [9 * minute + 5 * second, '9m5s'],
    [179 * minute, '179m'],
    [3 * hour + 20 * minute, '3h20m'],
    [8 * hour + 20 * minute, '8h'],
    [2 * day + 3 * hour, '2d3h'],
    [8 * day + 3 * hour, '8d'],
    [800 * day, '2y70d'],
  ])('%d ms are %s', (milliseconds, expected) => expect(humanDuration(milliseconds)).toBe(expected));
});

describe('pods in a table', () => {
  const pod = (status: object, metadata: object = {}): Parameters<typeof podReason>[0] => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...metadata },
    spec: { containers: [{ name: 'a' }, { name: 'b' }] },
    status,
  });
  const running = { ready: true, restartCount: 0, state: { running: {} } };
  const crashed = {
    ready: false,
    restartCount: 3,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { finishedAt: '2026-01-01T00:00:00Z' } },
  };

  it.each([
    ['Running', pod({ phase: 'Running', containerStatuses: [running, running] })],
    ['CrashLoopBackOff', pod({ phase: 'Running', containerStatuses: [running, crashed] })],
    [
      'Error',
      pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { reason: 'Error', exitCode: 1 } } }] }),
    ],
    ['ExitCode:3', pod({ phase: 'Running', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] })],
    [
      'Terminating',
      pod({ phase: 'Running', containerStatuses: [running] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ],
    ['Pending', pod({ phase: 'Pending' })],
  ])('%s', (expected, one) => expect(podReason(one)).toBe(expected));

  it('count what is ready and what was restarted', () => {
    const one = pod({ phase: 'Running', containerStatuses: [running, crashed] });
    expect(podReadiness(one)).toBe('1/2');
    expect(podRestarts(one, new Date('2026-01-01T00:02:00Z'))).toBe('3 (2m ago)');
    expect(podRestarts(pod({ containerStatuses: [running] }), new Date())).toBe('0');
  });
});

describe('names', () => {
  it('are labels, subdomains or qualified', () => {
    for (const name of ['a', 'a-b', '1a']) expect(isDnsLabel(name)).toEqual([]);
    for (const name of ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'x'.repeat(64)]) expect(isDnsLabel(name)).not.toEqual([]);
    expect(isDns1035Label('1a')).not.toEqual([]);
    expect(isDnsSubdomain('a.b-c.d')).toEqual([]);
    expect(isDnsSubdomain('a..b')).not.toEqual([]);
    for (const value of ['', 'a', 'A_b.c-1']) expect(isLabelValue(value)).toEqual([]);
    for (const value of ['a b', '-a', 'x'.repeat(64)]) expect(isLabelValue(value)).not.toEqual([]);
    for (const key of ['a', 'x.io/a_B']) expect(isQualifiedName(key)).toEqual([]);
    for (const key of ['', '/a', 'X/a', 'a/b/c', 'a b']) expect(isQualifiedName(key)).not.toEqual([]);
  });
});

describe('types of fields', () => {
  const container = (env: unknown): object => ({ spec: { template: { spec: { containers: [{ name: 'a', env }] } } } });

  it('are what Kubernetes can decode', () => {
    expect(() => checkTypes('Deployment', 'v1', container([{ name: 'A', value: '1' }]))).not.toThrow();
    expect(() => checkTypes('Deployment', 'v1', container(null))).not.toThrow();
    expect(() => checkTypes('Deployment', 'v1', container([{ name: 'A', value: 1 }]))).toThrow(
      'cannot unmarshal number into field spec.template.spec.containers.env.value of type string',
    );
    expect(() => checkTypes('Deployment', 'v1', container({}))).toThrow('of type list');
    expect(() => checkTypes('Deployment', 'v1', { spec: { replicas: '1' } })).toThrow('spec.replicas of type integer');
    expect(() => checkTypes('ConfigMap', 'v1', { metadata: { labels: { a: true } } })).toThrow(
      'metadata.labels.a of type string',
    );
  });
});

describe('stored objects', () => {
  it('have times as Kubernetes writes them', () => {
    const stored = {
      metadata: { creationTimestamp: '2026-01-02T03:04:05.678Z' },
      eventTime: '2026-01-02T03:04:05.6Z',
      data: { a: '2026-01-02T03:04:05.678Z' },
    };
    expect(parseStored(JSON.stringify(stored))).toEqual({
      metadata: { creationTimestamp: '2026-01-02T03:04:05Z' },
      eventTime: '2026-01-02T03:04:05.600000Z',
      data: { a: '2026-01-02T03:04:05.678Z' },
    });
  });

  it('leave out counts that are zero', () => {
    const stored = { kind: 'Deployment', status: { replicas: 0, readyReplicas: 0, updatedReplicas: 1 } };
    expect(parseStored(JSON.stringify(stored))).toEqual({ kind: 'Deployment', status: { updatedReplicas: 1 } });
  });
});

describe('protobuf', () => {
  it('encodes keys, lengths and bytes', () => {
    expect(text(2, 'testing').toString('hex')).toBe('120774657374696e67');
    expect(message(3, flag(1, true)).toString('hex')).toBe('1a020801');
    expect(text(1, 'x'.repeat(300)).subarray(0, 3).toString('hex')).toBe('0aac02');
    expect(text(16, '').toString('hex')).toBe('820100');
  });
});
