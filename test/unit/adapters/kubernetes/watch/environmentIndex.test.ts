import { describe, expect, test } from 'vitest';
import type { CoreV1Event, V1Namespace, V1Pod } from '@kubernetes/client-node';
import { EnvironmentIndex } from '../../../../../src/adapters/kubernetes/watch/environmentIndex';
import { PodWarnings } from '../../../../../src/adapters/kubernetes/watch/podWarnings';

const labels = { 'coppice.dev/repository': 'aa', 'coppice.dev/worktree': 'bb', 'coppice.dev/service': 'web' };
const namespace = (name: string): V1Namespace => ({ metadata: { name, uid: name, labels } });
const pod = (name: string, uid: string, phase = 'Running'): V1Pod => ({
  metadata: { name, namespace: 'n', uid, labels },
  status: { phase },
});
const warning = (podUid: string, message: string, seconds: number, uid = `event-${message}`): CoreV1Event =>
  ({
    metadata: { name: uid, uid, namespace: 'n' },
    involvedObject: { kind: 'Pod', uid: podUid },
    message,
    lastTimestamp: new Date(seconds * 1000).toISOString(),
  }) as unknown as CoreV1Event;

describe('environments from what lists and watches tell', () => {
  test('what did not change stays the same object, and so does the list', () => {
    const index = new EnvironmentIndex();
    index.replace('namespaces', [namespace('n'), namespace('m')]);
    const first = index.environments();
    expect(first.map((one) => one.namespace)).toEqual(['m', 'n']);
    index.replace('namespaces', [namespace('n'), namespace('m')]);
    expect(index.environments()).toBe(first);
    index.apply('pods', { type: 'ADDED', object: pod('p', 'u') });
    const second = index.environments();
    expect(second[0]).toBe(first[0]);
    expect(second[1]?.pods).toHaveLength(1);
    expect(first[1]?.pods).toEqual([]);
  });

  test('the order in which things arrive does not matter', () => {
    const early = new EnvironmentIndex();
    early.apply('events', { type: 'ADDED', object: warning('u', 'probe failed', 5) });
    early.apply('pods', { type: 'ADDED', object: pod('p', 'u') });
    early.apply('namespaces', { type: 'ADDED', object: namespace('n') });
    const late = new EnvironmentIndex();
    late.apply('namespaces', { type: 'ADDED', object: namespace('n') });
    late.apply('pods', { type: 'ADDED', object: pod('p', 'u') });
    late.environments();
    late.apply('events', { type: 'ADDED', object: warning('u', 'probe failed', 5) });
    expect(early.environments()).toEqual(late.environments());
    expect(late.environments()[0]?.pods[0]?.lastWarning).toBe('probe failed');
  });

  test('what is not in a new list is gone; a namespace without an owner is no environment', () => {
    const index = new EnvironmentIndex();
    index.replace('namespaces', [namespace('n'), { metadata: { name: 'kube-system' } }]);
    index.replace('pods', [pod('p', 'u'), pod('q', 'v')]);
    expect(index.environments().map((one) => one.pods.map((p) => p.name))).toEqual([['p', 'q']]);
    index.replace('pods', [pod('q', 'v')]);
    expect(index.environments()[0]?.pods.map((p) => p.name)).toEqual(['q']);
    index.apply('namespaces', { type: 'DELETED', object: namespace('n') });
    expect(index.environments()).toEqual([]);
  });

  test('a warning about an earlier run of the container is over when it runs again', () => {
    const index = new EnvironmentIndex();
    const running = (startedAt: string): V1Pod => ({
      ...pod('p', 'u'),
      status: { containerStatuses: [{ name: 'web', state: { running: { startedAt } } }] } as unknown as NonNullable<
        V1Pod['status']
      >,
    });
    index.replace('namespaces', [namespace('n')]);
    index.apply('pods', { type: 'ADDED', object: pod('p', 'u') });
    index.apply('events', { type: 'ADDED', object: warning('u', 'Back-off restarting failed container', 5) });
    expect(index.environments()[0]?.pods[0]?.lastWarning).toMatch(/Back-off/);
    index.apply('pods', { type: 'MODIFIED', object: running('1970-01-01T00:00:06Z') });
    expect(index.environments()[0]?.pods[0]?.lastWarning).toBeUndefined();
    index.apply('events', { type: 'ADDED', object: warning('u', 'Readiness probe failed', 6) });
    expect(index.environments()[0]?.pods[0]?.lastWarning).toBe('Readiness probe failed');
  });

  test('another pod of the same name has not the warnings of the one before', () => {
    const index = new EnvironmentIndex();
    index.replace('namespaces', [namespace('n')]);
    index.apply('pods', { type: 'ADDED', object: pod('p', 'u') });
    index.apply('events', { type: 'ADDED', object: warning('u', 'old', 5) });
    index.apply('pods', { type: 'ADDED', object: pod('p', 'u2') });
    expect(index.environments()[0]?.pods[0]?.lastWarning).toBeUndefined();
  });
});

describe('warnings about pods', () => {
  const nobody = (): boolean => false;

  test('the newest counts, whatever the order', () => {
    const warnings = new PodWarnings();
    expect(warnings.add(warning('u', 'second', 2), nobody)).toBe(true);
    expect(warnings.add(warning('u', 'first', 1), nobody)).toBe(false);
    expect(warnings.of('u', 0)).toBe('second');
  });

  test('only the expiry of the event that is told takes it back', () => {
    const warnings = new PodWarnings();
    warnings.add(warning('u', 'first', 1), nobody);
    warnings.add(warning('u', 'second', 2), nobody);
    expect(warnings.remove(warning('u', 'first', 1))).toBe(false);
    expect(warnings.remove(warning('u', 'second', 2))).toBe(true);
    expect(warnings.of('u', 0)).toBeUndefined();
  });

  test('are bounded, and those of known pods are the last to go', () => {
    const warnings = new PodWarnings(3);
    const isKnown = (uid: string): boolean => uid === 'ours';
    warnings.add(warning('ours', 'kept', 1), isKnown);
    for (let i = 0; i < 100; i++) warnings.add(warning(`theirs-${i}`, 'x', i), isKnown);
    expect(warnings.size).toBe(3);
    expect(warnings.of('ours', 0)).toBe('kept');
    expect(warnings.of('theirs-99', 0)).toBe('x');
  });
});
