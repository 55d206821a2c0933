import { describe, expect, it } from 'vitest';
import type { CauseKind } from '../../../../src/core/diagnosis/cause';
import { reasonRules, generalRules } from '../../../../src/core/diagnosis/reasonRules';
import { serviceCause } from '../../../../src/core/diagnosis/serviceCause';
import type { ServiceStatus } from '../../../../src/core/model';

function status(state: string, reason?: string, change: Partial<ServiceStatus> = {}): ServiceStatus {
  const counts = { ready: 0, desired: 1, restarts: 2, pods: ['web-1'], urls: [] };
  return { name: 'web', health: 'degraded', state, reason, ...counts, ...change };
}

const nothing = { previous: [], current: [] };
const cause = (state: string, reason?: string, lines: readonly string[] = []) =>
  serviceCause(status(state, reason), { previous: lines, current: [] }, false);

/** What real clusters and programs say, and the embedded cluster cannot be brought to. */
const said: readonly (readonly [CauseKind, string, string])[] = [
  ['outOfMemory', 'OOMKilled', 'OOMKilled'],
  ['outOfMemory', 'CrashLoopBackOff', 'OOMKilled: listening'],
  [
    'quota',
    'Pending',
    'exceeded quota: worktree, requested: pods=1, used: pods=8, limited: pods=8 (coppice.quota.pods)',
  ],
  ['imageMissing', 'ImagePullBackOff', 'Failed to pull image "shop/web:1": not found'],
  ['imageMissing', 'Init:ErrImagePull', 'init container seed: not found'],
  ['configurationMissing', 'CreateContainerConfigError', 'secret "web-env" not found'],
  ['evicted', 'Evicted', 'The node was low on resource: ephemeral-storage.'],
  ['unschedulable', 'Pending', '0/1 nodes are available: 1 Insufficient cpu.'],
  [
    'watchLimit',
    'CrashLoopBackOff',
    "exit code 1: Error: ENOSPC: System limit for number of file watchers reached, watch '/x'",
  ],
  ['certificate', 'CrashLoopBackOff', 'exit code 1: Error: certificate has expired'],
  ['databaseUnreachable', 'CrashLoopBackOff', 'exit code 1: Error: connect ECONNREFUSED 127.0.0.1:5432'],
  ['runtimeVersion', 'CrashLoopBackOff', 'exit code 1: npm error code EBADENGINE'],
  ['variableMissing', 'CrashLoopBackOff', "exit code 1: KeyError: 'SECRET_KEY'"],
  ['moduleMissing', 'CrashLoopBackOff', "exit code 1: ModuleNotFoundError: No module named 'flask'"],
  ['tableMissing', 'CrashLoopBackOff', 'exit code 1: The table `public.User` does not exist in the current database.'],
  ['dependencyDown', 'Waiting', 'waits for queue, which fails'],
  ['starting', 'Waiting', 'waits for queue to be healthy'],
  ['portInUse', 'CrashLoopBackOff', 'exit code 1: OSError: [Errno 98] Address already in use'],
  ['troubled', 'NodeLost', ''],
];

describe('why a service is in trouble', () => {
  it.each(said)('is %s, where it is %s: %s', (kind, state, reason) => {
    const found = cause(state, reason || undefined);
    expect(found).toMatchObject({ kind, service: 'web' });
    expect(found.evidence[0]).toContain(reason || state);
    expect(found.todo).not.toBe('');
  });

  it('is what its output tells where the cluster says only how it ended', () => {
    const found = cause('CrashLoopBackOff', 'exit code 1', [
      'starting',
      'Error: connect ECONNREFUSED 10.0.0.9:6379',
      'bye',
    ]);
    expect(found).toMatchObject({ kind: 'unreachable', what: 'web does not reach what it needs at 10.0.0.9:6379.' });
  });

  it('is not what it printed before it went on', () => {
    expect(
      cause('Running', 'listens on 5173, not on its PORT 4000', ['Error: connect ECONNREFUSED 10.0.0.9:6379']).kind,
    ).toBe('listensElsewhere');
  });

  it('is no variable where code uses a name that it has not defined', () => {
    expect(cause('CrashLoopBackOff', 'exit code 1: ReferenceError: CONFIG is not defined').kind).toBe('crash');
  });

  it('names the job where it is one', () => {
    const found = serviceCause(status('Error', 'exit code 3: no rows'), nothing, true);
    expect(found).toMatchObject({ kind: 'jobFailed', what: 'The job web failed: exit code 3: no rows.' });
  });

  it('is told in a few lines, however long what it said is', () => {
    const found = cause('CrashLoopBackOff', `exit code 1: Error: ${'x'.repeat(10_000)}`);
    expect(found.what.length).toBeLessThan(400);
    for (const line of found.evidence) expect(line.length).toBeLessThan(400);
  });
});

it('reads what anybody wrote in time that grows with its length', () => {
  const texts = [
    'missing variable ',
    'A_',
    'exec: "',
    'ENOENT: ',
    'requires node ',
    "KeyError: '",
    'listens on ',
    '1',
  ].map((part) => part.repeat(4000).slice(0, 2000));
  const started = performance.now();
  for (const { pattern } of [...reasonRules, ...generalRules]) for (const text of texts) pattern.exec(text);
  expect(performance.now() - started).toBeLessThan(2000);
});
