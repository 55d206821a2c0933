import { afterEach, beforeEach, expect, it } from 'vitest';
import { serviceTrouble } from '../../../../../packages/cluster/src/gateway/serviceTrouble';
import { openTestStore, type TestStore } from '../../../../support/objectStore';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const service = {
  kind: 'Service',
  metadata: { name: 'backend', namespace: 'ns' },
  spec: { selector: { app: 'b' }, ports: [{ port: 80 }] },
};

async function pod(status: object, name = 'b-1'): Promise<void> {
  await store.add({
    kind: 'Pod',
    metadata: { name, namespace: 'ns', labels: { app: 'b' } } as { name: string },
    spec: {},
    status,
  });
}

const look = () => serviceTrouble(store.objects, 'ns', 'backend');

it('says that there is no service, or no pod', async () => {
  expect(look()).toMatchObject({ state: 'NoService' });
  await store.add(service);
  expect(look()).toMatchObject({ state: 'NoPods' });
});

it('says what a service waits for that is not let start yet', async () => {
  await store.add(service);
  const annotations = { 'coppice.dev/depends-on': 'db=healthy,migrate=completed' };
  await store.add({
    kind: 'Deployment',
    metadata: { name: 'backend', namespace: 'ns', annotations } as { name: string },
    spec: { paused: true, selector: { matchLabels: { app: 'b' } } },
  });
  expect(look()).toMatchObject({
    state: 'Waiting',
    reason: 'it waits for db to be healthy, migrate to be completed',
  });
});

it('tells a crash with its exit code', async () => {
  await store.add(service);
  await pod({
    containerStatuses: [
      {
        name: 'c',
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      },
    ],
  });
  expect(look()).toMatchObject({
    state: 'CrashLoopBackOff',
    reason: 'its process ended with exit code 3',
    exitCode: 3,
    restarts: 4,
    pod: 'b-1',
    container: 'c',
  });
});

it('tells why a container was never started', async () => {
  await store.add(service);
  const waiting = { reason: 'CreateContainerConfigError', message: 'secret "db" not found' };
  await pod({ containerStatuses: [{ name: 'c', restartCount: 0, state: { waiting } }] });
  expect(look()).toMatchObject({ state: 'CreateContainerConfigError', reason: 'secret "db" not found' });
});

it('tells why a running container is not ready', async () => {
  await store.add(service);
  await pod({ containerStatuses: [{ name: 'c', ready: false, restartCount: 0, state: { running: {} } }] });
  expect(look()).toMatchObject({ state: 'NotReady', reason: 'its process runs but is not ready yet' });
  const uid = store.objects.get('Pod', 'ns', 'b-1')?.metadata.uid;
  const failure = {
    kind: 'Event',
    reason: 'Unhealthy',
    involvedObject: { uid },
    lastTimestamp: '2026-01-01T00:00:00Z',
  };
  await store.add({ ...failure, metadata: { name: 'e', namespace: 'ns' }, message: 'Readiness probe failed: x' });
  expect(look()).toMatchObject({ reason: 'Readiness probe failed: x' });
});

it('looks at the newest pod', async () => {
  await store.add(service);
  await pod({ phase: 'Running', containerStatuses: [{ name: 'c', state: { waiting: { reason: 'Old' } } }] }, 'b-old');
  await pod({ phase: 'Running', containerStatuses: [{ name: 'c', state: { waiting: { reason: 'New' } } }] }, 'b-new');
  expect(look()).toMatchObject({ state: 'New', pod: 'b-new' });
});
