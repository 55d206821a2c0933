import { describe, expect, it } from 'vitest';
import type { PodFacts } from '../../../../src/core/facts';
import { flapsUntil, withFlapping } from '../../../../src/core/services/flapping';
import { toEnvironment } from '../../../../src/core/services/health';
import { crashing, podFacts } from '../../../support/environmentWorld';
import { deploymentFacts } from '../../../support/environmentWorld';

const now = Date.parse('2026-01-01T12:00:00Z');

function seen(pod: Partial<PodFacts>, at = now) {
  const facts = {
    ...{
      repositoryId: 'r',
      worktreeId: 'w',
      namespace: 'worktree-x',
      terminating: false,
      terminatingReason: undefined,
    },
    ...{ annotations: {}, ingresses: [], deployments: [deploymentFacts('backend')] },
    pods: [{ ...podFacts('backend'), ...pod }],
  };
  const { health, services } = withFlapping(toEnvironment(facts), facts, at);
  return { health, words: `${services[0]?.state}: ${services[0]?.reason}`, until: flapsUntil([facts], at) };
}

const runs = (since: number, more: Partial<NonNullable<PodFacts['container']>> = {}): Partial<PodFacts> => ({
  restarts: 3,
  isReady: true,
  container: {
    ...{ state: 'running', startedAt: since, reason: undefined, message: undefined, exitCode: undefined },
    lastTermination: { reason: 'Error', exitCode: 1, message: 'stack\nError: no such table\n' },
    ...more,
  },
});

describe('a service that crashes again and again', () => {
  it('is in trouble while it runs in between, too, with the reason of its last end', () => {
    expect(seen(crashing).health).toBe('degraded');
    expect(seen(runs(now - 5_000))).toEqual({
      health: 'degraded',
      words: 'Running: runs again after exit code 1: Error: no such table',
      until: now + 55_000,
    });
    // The cluster's clock may be ahead.
    expect(seen(runs(now + 20_000)).health).toBe('degraded');
  });

  it('is no more on its way than it was well: while it starts again it stays in trouble', () => {
    expect(seen({ ...runs(now - 500), isReady: false })).toMatchObject({
      health: 'degraded',
      words: 'Running: runs again after exit code 1: Error: no such table',
    });
    expect(seen({ ...runs(now - 500), isReady: false, restarts: 1 }).health).toBe('progressing');
    expect(seen({ ...runs(now - 60_000), isReady: false }).health).toBe('progressing');
  });

  it('is believed once it has run for a minute', () => {
    expect(seen(runs(now - 60_000))).toMatchObject({ health: 'healthy', until: undefined });
    expect(seen(runs(now - 5_000), now + 55_000)).toMatchObject({ health: 'healthy', until: undefined });
  });

  it('is none that crashed once, ended well, ended with its machine, or is on its way out', () => {
    const ended = { reason: 'Completed', exitCode: 0, message: undefined };
    const lost = (reason: string, exitCode: number) => ({ reason, exitCode, message: undefined });
    for (const pod of [
      { ...runs(now - 5_000), restarts: 1 },
      runs(now - 5_000, { lastTermination: ended }),
      runs(now - 5_000, { lastTermination: undefined }),
      // The machine was started anew: nobody saw how it ended, and all services of all environments begin again together.
      runs(now - 5_000, { lastTermination: lost('Unknown', 255) }),
      runs(now - 5_000, { lastTermination: lost('ContainerStatusUnknown', 137) }),
      runs(now - 5_000, { startedAt: undefined }),
    ])
      expect(seen(pod)).toMatchObject({ health: 'healthy', until: undefined });
    expect(seen({ ...runs(now - 5_000), isDeleting: true }).until).toBeUndefined();
  });
});
