import { expect, it } from 'vitest';
import { clusterStatus, type EmbeddedState } from '../../../src/app/cluster/clusterStatus';
import { clusterStatusText, databasesText, temporalText } from '../../../src/cli/clusterStatusText';

const access = { server: 'https://127.0.0.1:1', kubeconfig: '/nowhere', context: 'x' };
const process = { pid: 7 };
const lastEnd = { at: '2026-01-01T00:00:00Z', reason: 'its event loop stood still for 10 s' };

const embedded = async (state: EmbeddedState, databases?: boolean, trouble?: string, temporal?: string) => {
  const ports = {
    localRecords: { all: async () => [], read: async () => undefined, write: async () => {}, remove: async () => {} },
    lookEmbedded: async () => state,
    databasesRun: async () => databases,
    temporalTrouble: async () => temporal,
    stateTrouble: async () => trouble,
    probe: async () => undefined,
  };
  return clusterStatus(ports, { identity: { kind: 'embedded' }, kubeconfigs: [] }, new AbortController().signal);
};

it.each<[EmbeddedState, string]>([
  [
    { state: 'running', cluster: { access, gatewayPort: 8080 } },
    'The cluster runs at https://127.0.0.1:1, its gateway at port 8080.',
  ],
  [{ state: 'starting', process, detail: undefined }, 'The cluster (process 7) is starting.'],
  [
    { state: 'starting', process, detail: 'Bringing back 1 of 2 objects' },
    'The cluster (process 7) is starting: Bringing back 1 of 2 objects.',
  ],
  [
    { state: 'stopping', process, detail: 'Ending the services' },
    'The cluster (process 7) is stopping: Ending the services.',
  ],
  [
    { state: 'silent', process },
    'The cluster (process 7) runs and does not answer: "coppice cluster start" ends it if it hangs, and starts it again.',
  ],
  [
    { state: 'silent', process: { pid: 1, elsewhere: 'in a container' } },
    'The cluster does not answer here: it runs in a container (process 1 there).',
  ],
  [
    { state: 'starting', process: { pid: 1, elsewhere: 'on desk' }, detail: undefined },
    'The cluster does not answer here: it runs on desk (process 1 there).',
  ],
  [{ state: 'stopped', lastEnd: undefined }, 'The cluster does not run.'],
  [
    { state: 'stopped', lastEnd },
    'The cluster does not run: it was ended at 2026-01-01T00:00:00Z: its event loop stood still for 10 s.',
  ],
])('what answers, what runs and what does not are told apart: %j', async (state, text) => {
  expect(clusterStatusText(await embedded(state))).toBe(text);
});

it('one that cannot save its state says so, where it runs', async () => {
  const trouble = 'The cluster cannot save its state (full): what is changed is lost when it ends.';
  const running: EmbeddedState = { state: 'running', cluster: { access, gatewayPort: 8080 } };
  expect(clusterStatusText(await embedded(running, true, trouble))).toBe(
    `The cluster runs at https://127.0.0.1:1, its gateway at port 8080. ${trouble}`,
  );
  expect(clusterStatusText(await embedded({ state: 'stopped', lastEnd: undefined }, true, trouble))).toBe(
    'The cluster does not run.',
  );
});

it('a cluster that is not ours and does not answer is not said to be stopped', async () => {
  const ports = {
    localRecords: { all: async () => [], read: async () => undefined, write: async () => {}, remove: async () => {} },
    lookEmbedded: async () => ({ state: 'stopped', lastEnd: undefined }) as const,
    databasesRun: async () => undefined,
    temporalTrouble: async () => undefined,
    stateTrouble: async () => undefined,
    probe: async () => undefined,
  };
  const chosen = { identity: { kind: 'context', context: 'far' }, kubeconfigs: [] } as const;
  expect(clusterStatusText(await clusterStatus(ports, chosen, new AbortController().signal))).toBe(
    'The cluster does not answer.',
  );
});

it.each([
  ['running', true, 'PostgreSQL runs.'],
  ['running', false, 'PostgreSQL does not run: the cluster is starting it again.'],
  ['running', undefined, undefined],
  ['stopped', true, 'PostgreSQL runs.'],
  ['stopped', false, undefined],
] as const)('of the database server the truth is told: cluster %s, server %s', async (state, databases, text) => {
  const found: EmbeddedState =
    state === 'running' ? { state, cluster: { access, gatewayPort: 8080 } } : { state, lastEnd: undefined };
  expect(databasesText(await embedded(found, databases))).toBe(text);
});

it('a server of Temporal that should run and does not is told with the reason, as long as the cluster runs', async () => {
  const running: EmbeddedState = { state: 'running', cluster: { access, gatewayPort: 8080 } };
  const taken = 'another program listens on port 7233 of 127.0.0.1';
  expect(temporalText(await embedded(running, true, undefined, taken))).toBe(`Temporal does not run: ${taken}.`);
  expect(temporalText(await embedded(running, true))).toBeUndefined();
  const stopped: EmbeddedState = { state: 'stopped', lastEnd: undefined };
  expect(temporalText(await embedded(stopped, true, undefined, taken))).toBeUndefined();
});
