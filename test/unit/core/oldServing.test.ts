import { describe, expect, it } from 'vitest';
import type { DeploymentFacts, PodFacts } from '../../../src/core/facts';
import { toServiceStatus } from '../../../src/core/services/health';
import type { ServiceStatus } from '../../../src/core/model';
import { deploymentFacts, podFacts } from '../../support/environmentWorld';

const pod = (more: Partial<PodFacts> = {}): PodFacts => ({ ...podFacts('backend'), ...more });
const waiting = (reason: string): PodFacts['container'] => ({
  ...{ state: 'waiting', reason, message: undefined, exitCode: undefined, lastTermination: undefined },
});
const starting = pod({ isReady: false, container: waiting('ContainerCreating') });

function status(pods: readonly PodFacts[], deployment: Partial<DeploymentFacts>): ServiceStatus {
  return toServiceStatus('backend', { ...deploymentFacts('backend'), ready: 0, ...deployment }, pods, []);
}

describe('a service whose release before serves on', () => {
  const crashing = pod({ isReady: false, createdAt: 2, container: waiting('CrashLoopBackOff') });

  it('is told as such while the new one crashes', () => {
    const told = status([pod({ createdAt: 1 }), crashing], { desired: 1, updated: 1, old: 1 });
    expect(told).toMatchObject({ health: 'degraded', ready: 1, isOldServing: true });
  });

  it.each<[string, readonly PodFacts[], Partial<DeploymentFacts>]>([
    ['none is left of it', [pod(), crashing], { desired: 2, updated: 2 }],
    ['none of it is ready', [crashing], { desired: 1, updated: 1, old: 1 }],
    ['one of the new is ready as well', [pod(), pod(), crashing], { desired: 2, updated: 2, old: 1 }],
    ['the new one only begins', [pod(), starting], { desired: 1, updated: 1, old: 1 }],
  ])('is not where %s', (_words, pods, deployment) => {
    expect(status(pods, deployment)).not.toHaveProperty('isOldServing');
  });
});
