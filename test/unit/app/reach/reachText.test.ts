import { expect, it } from 'vitest';
import { sandboxReach } from '../../../../src/app/reach/sandboxReach';
import { reachText } from '../../../../src/app/reach/reachText';

it('tells what is open, what follows from it, and what is not open, a line each', () => {
  const text = reachText({
    name: 'feature',
    reached: [
      { kind: 'ssh', what: 'the SSH agent at /agent', means: 'it can push' },
      { kind: 'environments', what: 'URLs of 1 other environment: other', means: '' },
    ],
    closed: ['Docker at /var/run/docker.sock', 'kubeconfigs other than its own'],
    sandboxed: ['network: no host'],
  });
  expect(text).toEqual([
    'What runs in feature can reach, beside its own environment:',
    '  ssh: the SSH agent at /agent; it can push',
    '  environments: URLs of 1 other environment: other',
    'Not open now:',
    '  Docker at /var/run/docker.sock',
    '  kubeconfigs other than its own',
    'An agent that is started in a sandbox (Claude Code, --sandbox) reaches less; open to it stays:',
    '  network: no host',
  ]);
});

it('says so where all that was looked for is open', () => {
  expect(reachText({ name: 'feature', reached: [], closed: [], sandboxed: [] })).toContain(
    'Not open now: nothing that was looked for.',
  );
});

it('says that a name below localhost may lead nowhere in a sandbox', () => {
  const plan = { hosts: ['feature.localhost'], gitFolder: '/repo/.git' };
  expect(sandboxReach(plan).find((line) => line.startsWith('network:'))).toContain('a name below localhost');
});
