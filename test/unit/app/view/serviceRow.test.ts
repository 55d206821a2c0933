import { expect, it } from 'vitest';
import { serviceRowSentence, serviceRowText } from '../../../../src/app/view/serviceRow';
import type { ServiceStatus } from '../../../../src/core/model';
import { aService } from '../../ui/builders';

const crashing: Partial<ServiceStatus> = {
  health: 'degraded',
  state: 'CrashLoopBackOff',
  reason: 'exit code 1: Error: DATABASE_POOL must be set',
  ready: 0,
  restarts: 4,
};

it.each<[Partial<ServiceStatus>, string, string]>([
  [{}, '', 'Service backend, Running'],
  [{ reason: 'listens on 4000' }, 'listens on 4000', 'Service backend, Running, listens on 4000'],
  [{ restarts: 2 }, 'restarted ×2', 'Service backend, Running, 2 restarts'],
  [
    crashing,
    'DATABASE_POOL must be set · crashed ×4',
    'Service backend, CrashLoopBackOff, exit code 1: Error: DATABASE_POOL must be set, 0 of 1 pod ready, 4 restarts',
  ],
  [
    { ...crashing, reason: 'exit code 3', restarts: 1 },
    'exit code 3 · crashed',
    'Service backend, CrashLoopBackOff, exit code 3, 0 of 1 pod ready, 1 restart',
  ],
  [
    { ...crashing, ready: 1, isOldServing: true },
    'DATABASE_POOL must be set · old version serves, new one crashed ×4',
    'Service backend, CrashLoopBackOff, exit code 1: Error: DATABASE_POOL must be set, the old version serves while the new one does not get ready, 4 restarts',
  ],
  [
    {
      ...{ health: 'degraded', state: 'ImagePullBackOff', reason: 'no such image' },
      ...{ ready: 1, desired: 2, isOldServing: true },
    },
    'no such image · old version serves, new one does not start · 1/2',
    'Service backend, ImagePullBackOff, no such image, the old version serves while the new one does not get ready, 1 of 2 pods ready',
  ],
  [
    { health: 'progressing', reason: 'not ready yet', ready: 0 },
    'not ready yet',
    'Service backend, Running, not ready yet, 0 of 1 pod ready',
  ],
  [{ health: 'stopped', state: 'Stopped', ready: 0, desired: 0 }, 'Stopped', 'Service backend, Stopped'],
])('of %j', (change, text, sentence) => {
  expect(serviceRowText(aService(change))).toBe(text);
  expect(serviceRowSentence(aService(change))).toBe(sentence);
});
