import { expect, test } from 'vitest';
import type { ContainerFacts, PodFacts } from '../../../src/core/facts';
import { toServiceStatus } from '../../../src/core/services/health';

const layers =
  'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
const missing = 'exec: "/no/such/program": stat /no/such/program: no such file or directory';

function reasonOf(container: Partial<ContainerFacts>): string | undefined {
  const pod: PodFacts = {
    name: 'web-1',
    service: 'web',
    phase: 'Running',
    isReady: false,
    isDeleting: false,
    restarts: 1,
    createdAt: 0,
    container: {
      state: 'waiting',
      reason: undefined,
      message: undefined,
      exitCode: undefined,
      lastTermination: undefined,
      ...container,
    },
    message: undefined,
    lastWarning: undefined,
  };
  return toServiceStatus('web', undefined, [pod], []).reason;
}

test.each<[string, Partial<ContainerFacts>]>([
  [
    'Docker, at once',
    {
      reason: 'RunContainerError',
      message: `failed to start container "c5d7": Error response from daemon: ${layers}${missing}: unknown`,
    },
  ],
  [
    'Docker, later',
    {
      reason: 'CrashLoopBackOff',
      lastTermination: { reason: 'ContainerCannotRun', exitCode: 127, message: `${layers}${missing}: unknown` },
    },
  ],
  [
    'containerd',
    {
      reason: 'CrashLoopBackOff',
      lastTermination: {
        reason: 'StartError',
        exitCode: 128,
        message: `failed to create containerd task: ${layers}${missing}: unknown`,
      },
    },
  ],
  [
    'the embedded cluster',
    {
      state: 'terminated',
      reason: 'StartError',
      exitCode: 128,
      message: `failed to start container: ${missing}`,
    },
  ],
])('a program that cannot start is told without the layers of the runtime: %s', (_, container) => {
  expect(reasonOf(container)).toBe(`cannot start: ${missing}`);
});

test('what no layer is known of is told whole', () => {
  expect(reasonOf({ reason: 'RunContainerError', message: 'no space left on device' })).toBe(
    'cannot start: no space left on device',
  );
});
