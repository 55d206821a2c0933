import { describe, expect, it } from 'vitest';
import type { ContainerFacts, DeploymentFacts, EnvironmentFacts, PodFacts } from '../../../../src/core/facts';
import { overallHealth, toEnvironment, toServiceStatus } from '../../../../src/core/services/health';
import type { Health, ServiceStatus } from '../../../../src/core/model';
import { deploymentFacts, podFacts } from '../../../support/environmentWorld';

const running: ContainerFacts = {
  state: 'running',
  reason: undefined,
  message: undefined,
  exitCode: undefined,
  lastTermination: undefined,
};

function pod(more: Partial<PodFacts> = {}): PodFacts {
  return { ...podFacts('backend'), ...more };
}

function unready(container: Partial<ContainerFacts> | undefined, more: Partial<PodFacts> = {}): PodFacts {
  return pod({ isReady: false, container: container && { ...running, ...container }, ...more });
}

function status(pods: readonly PodFacts[], deployment?: Partial<DeploymentFacts> | null): ServiceStatus {
  const facts = deployment === null ? undefined : { ...deploymentFacts('backend'), ready: 0, ...deployment };
  return toServiceStatus('backend', facts, pods, []);
}

describe('a service', () => {
  const cases: [what: string, pod: PodFacts, health: Health, state: string, reason: string | undefined][] = [
    ['that is ready', pod(), 'healthy', 'Running', undefined],
    [
      'whose pod waits for a node',
      unready(undefined, { phase: 'Pending', message: '0/1 nodes are available' }),
      'progressing',
      'Pending',
      '0/1 nodes are available',
    ],
    [
      'whose pod cannot be given a volume',
      unready(undefined, { phase: 'Pending', lastWarning: 'FailedMount: secret "x" not found' }),
      'degraded',
      'Pending',
      'FailedMount: secret "x" not found',
    ],
    [
      'whose container is made',
      unready({ state: 'waiting', reason: 'ContainerCreating' }, { phase: 'Pending' }),
      'progressing',
      'ContainerCreating',
      undefined,
    ],
    ['whose container has just started', unready({}), 'progressing', 'Running', 'not ready yet'],
    [
      'whose readiness probe fails',
      unready({}, { lastWarning: 'Readiness probe failed: HTTP 503' }),
      'degraded',
      'Running',
      'Readiness probe failed: HTTP 503',
    ],
    [
      'that runs again after an exit',
      unready({ lastTermination: { reason: 'Error', exitCode: 3, message: undefined } }, { restarts: 1 }),
      'progressing',
      'Running',
      'not ready yet, restarted after exit code 3',
    ],
    [
      'that keeps crashing and said why',
      unready({
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s restarting failed container',
        lastTermination: { reason: 'Error', exitCode: 1, message: 'at server.js:1\nError: no such table\n\n' },
      }),
      'degraded',
      'CrashLoopBackOff',
      'exit code 1: Error: no such table',
    ],
    [
      'that keeps crashing and said nothing',
      unready({
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        lastTermination: { reason: 'Error', exitCode: 137, message: '  \n' },
      }),
      'degraded',
      'CrashLoopBackOff',
      'exit code 137',
    ],
    [
      'that keeps running out of memory',
      unready({
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        lastTermination: { reason: 'OOMKilled', exitCode: 137, message: undefined },
      }),
      'degraded',
      'CrashLoopBackOff',
      'OOMKilled',
    ],
    [
      'that crashed before anybody saw how',
      unready({ state: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off 10s' }),
      'degraded',
      'CrashLoopBackOff',
      'back-off 10s',
    ],
    [
      'whose image cannot be had',
      unready({ state: 'waiting', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' }),
      'degraded',
      'ImagePullBackOff',
      'Back-off pulling image "x"',
    ],
    [
      'whose configuration is missing',
      unready({ state: 'waiting', reason: 'CreateContainerConfigError', message: 'secret "a" not found' }),
      'degraded',
      'CreateContainerConfigError',
      'secret "a" not found',
    ],
    ['that waits for nobody knows what', unready({ state: 'waiting' }), 'degraded', 'Waiting', undefined],
    [
      'that has just ended well',
      unready({ state: 'terminated', exitCode: 0 }),
      'degraded',
      'Completed',
      'ended by itself with exit code 0',
    ],
    [
      'that ended well and is to be started again',
      unready({
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        lastTermination: { reason: 'Completed', exitCode: 0, message: 'its input is closed' },
      }),
      'degraded',
      'Completed',
      'ended by itself with exit code 0: its input is closed',
    ],
    [
      'of which the embedded cluster knows why it does not answer',
      unready({}, { lastWarning: 'Startup probe failed: listens on 5173, not on its PORT 29161' }),
      'degraded',
      'Running',
      'listens on 5173, not on its PORT 29161',
    ],
    [
      'that does not listen yet',
      unready({}, { lastWarning: 'Readiness probe failed: nothing listens on its PORT 29161' }),
      'degraded',
      'Running',
      'nothing listens on its PORT 29161',
    ],
    ['that has just failed', unready({ state: 'terminated', exitCode: 2 }), 'degraded', 'Error', 'exit code 2'],
    [
      'that was killed, in the words of the cluster',
      unready({ state: 'terminated', reason: 'OOMKilled', exitCode: 137, message: 'out of memory' }),
      'degraded',
      'OOMKilled',
      'OOMKilled: out of memory',
    ],
    [
      'whose pod was evicted',
      unready(undefined, { phase: 'Failed', message: 'The node was low on memory' }),
      'degraded',
      'Failed',
      'The node was low on memory',
    ],
    [
      'whose pod was evicted, as newer clusters tell it',
      unready(
        { state: 'terminated', exitCode: 137, reason: 'Error' },
        { phase: 'Failed', reason: 'Evicted', message: 'Usage of EmptyDir volume "x" exceeds the limit "1Mi".' },
      ),
      'degraded',
      'Evicted',
      'Usage of EmptyDir volume "x" exceeds the limit "1Mi".',
    ],
    [
      'that cannot be scheduled',
      unready(undefined, {
        phase: 'Pending',
        message: '0/1 nodes are available: 1 Insufficient cpu.',
        lastWarning: '0/1 nodes are available: 1 Insufficient cpu.',
      }),
      'degraded',
      'Pending',
      '0/1 nodes are available: 1 Insufficient cpu.',
    ],
    [
      'that waits for its volumes',
      unready(
        { state: 'waiting', reason: 'ContainerCreating' },
        { phase: 'Pending', lastWarning: 'MountVolume.SetUp failed' },
      ),
      'progressing',
      'ContainerCreating',
      'MountVolume.SetUp failed',
    ],
    [
      'whose image is tried again later: why it could not be pulled, not that it waits',
      unready(
        { state: 'waiting', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x:1"' },
        { lastWarning: 'Failed to pull image "x:1": rpc error: code = NotFound desc = there is none' },
      ),
      'degraded',
      'ImagePullBackOff',
      'Failed to pull image "x:1": there is none',
    ],
    [
      'whose image cannot be pulled',
      unready({ state: 'waiting', reason: 'ErrImagePull', message: 'rpc error: code = Unknown desc = no such host' }),
      'degraded',
      'ErrImagePull',
      'no such host',
    ],
    [
      'whose init container runs',
      unready({ init: { name: 'migrate', done: 1, total: 2 } }, { phase: 'Pending' }),
      'progressing',
      'Init:1/2',
      'init container migrate runs',
    ],
    [
      'whose init container crashes',
      unready({
        ...{ state: 'waiting', reason: 'CrashLoopBackOff', init: { name: 'migrate', done: 0, total: 1 } },
        lastTermination: { reason: 'Error', exitCode: 2, message: 'Error: no such table\n' },
      }),
      'degraded',
      'Init:CrashLoopBackOff',
      'init container migrate: exit code 2: Error: no such table',
    ],
    [
      'whose init container has just failed',
      unready({ state: 'terminated', exitCode: 2, init: { name: 'migrate', done: 0, total: 1 } }),
      'degraded',
      'Init:Error',
      'init container migrate: exit code 2',
    ],
    [
      'whose node is lost',
      unready(undefined, { phase: 'Unknown', message: undefined }),
      'degraded',
      'Unknown',
      undefined,
    ],
  ];
  it.each(cases)('%s', (_what, one, health, state, reason) => {
    expect(status([one])).toMatchObject({ health, state, reason });
  });

  it('without replicas is stopped', () => {
    expect(status([], { desired: 0 })).toMatchObject({ health: 'stopped', state: 'Stopped', ready: 0, desired: 0 });
  });

  it('without pods waits, or has the problem that its deployment tells', () => {
    expect(status([])).toMatchObject({ health: 'progressing', state: 'Pending', reason: undefined });
    expect(status([], { problem: 'exceeded quota: pods' })).toMatchObject({
      health: 'degraded',
      state: 'Pending',
      reason: 'exceeded quota: pods',
    });
  });

  it('with pods and no deployment is judged by its pods', () => {
    expect(status([pod()], null)).toMatchObject({ health: 'healthy', desired: 1, ready: 1 });
  });

  it.each([{ isObserved: false }, { updated: 0 }])('is updating while its newest version is not seen: %j', (facts) => {
    expect(status([pod()], facts)).toMatchObject({ health: 'progressing', state: 'Updating' });
  });

  it('is updating while there are fewer pods than wished for', () => {
    expect(status([pod()], { desired: 2, updated: 2 })).toMatchObject({
      health: 'progressing',
      state: 'Updating',
      ready: 1,
      desired: 2,
    });
  });

  it('is not troubled by a pod that was evicted, once another has taken its place', () => {
    const evicted = unready(undefined, { name: 'old', phase: 'Failed', reason: 'Evicted', createdAt: 5 });
    expect(status([evicted, pod({ createdAt: 6 })], { ready: 1 })).toMatchObject({
      health: 'healthy',
      state: 'Running',
    });
    expect(status([evicted])).toMatchObject({ health: 'degraded', state: 'Evicted' });
  });

  it('tells of the newest pod that is not ready, adds up restarts, and leaves out pods that go', () => {
    const crash = { state: 'waiting', reason: 'CrashLoopBackOff' } as const;
    const pods = [
      unready(crash, { name: 'old', createdAt: 1, restarts: 2 }),
      unready({}, { name: 'new', createdAt: 3, restarts: 1 }),
      pod({ name: 'middle', createdAt: 2 }),
      unready(crash, { name: 'gone', createdAt: 4, restarts: 9, isDeleting: true }),
    ];
    expect(status(pods, { desired: 3, updated: 3 })).toMatchObject({
      state: 'Running',
      health: 'progressing',
      ready: 1,
      restarts: 3,
      pods: ['new', 'middle', 'old'],
    });
  });
});

describe('an environment', () => {
  const facts: EnvironmentFacts = {
    repositoryId: 'aaaaaaaaaaaa',
    worktreeId: 'bbbbbbbbbbbb',
    namespace: 'worktree-x',
    terminating: false,
    terminatingReason: undefined,
    annotations: { slug: 'x', ref: 'refs/heads/x', folder: '/x', database: 'wt_x' },
    deployments: [deploymentFacts('frontend'), deploymentFacts('backend')],
    pods: [podFacts('frontend'), podFacts('backend'), { ...podFacts(''), name: 'not-ours' }],
    ingresses: [
      {
        port: 8081,
        rules: [
          { host: 'x.localhost', path: '/graphql', service: 'backend' },
          { host: 'x.localhost', path: '/api', service: 'backend' },
          { host: 'x.localhost', path: '/', service: 'frontend' },
          { host: 'x.localhost', path: '/', service: 'frontend' },
        ],
      },
    ],
  };

  it('tells how many pods of each service are wanted, whatever it is scaled to, and when its newest was made', () => {
    const deployments = [{ ...deploymentFacts('backend'), desired: 0, wanted: 1 }];
    const pods = [pod({ createdAt: 3 }), pod({ createdAt: 7 })];
    const told = toEnvironment({ ...facts, deployments, pods });
    expect(told.services[0]).toMatchObject({ health: 'stopped', desired: 0, wanted: 1 });
    expect(told.startedAt).toBe(7);
    expect(toEnvironment({ ...facts, pods: [] })).not.toHaveProperty('startedAt');
  });

  it('is what its parts say, with services by name and the shortest address first', () => {
    expect(toEnvironment(facts)).toMatchObject({
      slug: 'x',
      ref: 'refs/heads/x',
      folder: '/x',
      database: 'wt_x',
      health: 'healthy',
      services: [
        { name: 'backend', urls: ['http://x.localhost:8081/api', 'http://x.localhost:8081/graphql'] },
        { name: 'frontend', urls: ['http://x.localhost:8081/'] },
      ],
    });
  });

  it.each([80, undefined])('leaves out the port %s of its addresses', (port) => {
    const ingresses = facts.ingresses.map((one) => ({ ...one, port }));
    expect(toEnvironment({ ...facts, ingresses }).services[1]?.urls).toEqual(['http://x.localhost/']);
  });

  it('is known by its namespace when nothing else is written down', () => {
    expect(toEnvironment({ ...facts, annotations: {} })).toMatchObject({
      slug: 'x',
      ref: '',
      folder: '',
      database: undefined,
    });
  });

  it('that goes away is progressing, whatever its services do', () => {
    expect(toEnvironment({ ...facts, terminating: true })).toMatchObject({ health: 'progressing', terminating: true });
  });

  const worst: [Health[], Health][] = [
    [[], 'unknown'],
    [['healthy'], 'healthy'],
    [['healthy', 'stopped'], 'healthy'],
    [['stopped', 'stopped'], 'stopped'],
    [['stopped', 'asleep', 'healthy'], 'asleep'],
    [['stopped', 'progressing'], 'progressing'],
    [['progressing', 'asleep'], 'progressing'],
    [['healthy', 'progressing'], 'progressing'],
    [['unknown', 'progressing'], 'progressing'],
    [['healthy', 'progressing', 'degraded', 'stopped'], 'degraded'],
    [['healthy', 'unknown'], 'unknown'],
  ];
  it.each(worst)('of services that are %j is %s', (all, expected) => {
    expect(overallHealth(all.map((health) => ({ ...status([pod()]), health })))).toBe(expected);
  });
});
