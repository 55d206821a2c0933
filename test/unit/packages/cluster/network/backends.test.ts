import { afterEach, beforeEach, expect, it } from 'vitest';
import { Backends } from '../../../../../packages/cluster/src/network/backends';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { PodPorts } from '../../../../../packages/cluster/src/network/podPorts';
import { openTestStore, type TestStore } from '../../../../support/objectStore';

let store: TestStore;
let backends: Backends;

beforeEach(async () => {
  store = await openTestStore();
  backends = new Backends(store.objects, new PodPorts(new FreePorts()));
  const ports = [
    { name: 'http', port: 80, targetPort: 'web' },
    { name: 'other', port: 90 },
  ];
  await store.add({
    kind: 'Service',
    metadata: { name: 's', namespace: 'ns' },
    spec: { selector: { app: 'b' }, ports },
  });
});
afterEach(async () => {
  backends.close();
  await store.close();
});

async function pod(name: string, ready: boolean, app = 'b', more: object = {}): Promise<void> {
  const metadata = { name, namespace: 'ns', labels: { app }, ...more };
  const spec = { containers: [{ name: 'c', ports: [{ name: 'web', containerPort: 8000 }] }] };
  await store.add({
    kind: 'Pod',
    metadata,
    spec,
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });
}

const names = (port: number | string = 80): string[] => backends.of('ns', 's', port).map((backend) => backend.pod);

it('takes the pods that the selector names and that are ready', async () => {
  await pod('ready', true);
  await pod('starting', false);
  await pod('other', true, 'x');
  await pod('leaving', true, 'b', { deletionTimestamp: '2026-01-01T00:00:00Z' });
  expect(names()).toEqual(['ready']);
});

it('finds the port by the number or name of the service, and by the name of the container', async () => {
  await pod('a', true);
  expect(backends.of('ns', 's', 80)).toMatchObject([{ port: 8000 }]);
  expect(backends.of('ns', 's', 'http')).toMatchObject([{ port: 8000 }]);
  expect(backends.of('ns', 's', 'other')).toMatchObject([{ port: 90 }]);
  expect(backends.of('ns', 's', 81)).toEqual([]);
  expect(backends.of('ns', 'none', 80)).toEqual([]);
});

it('takes turns and follows changes at once', async () => {
  await pod('a', true);
  await pod('b', true);
  const turns = Array.from({ length: 4 }, () => backends.next('ns', 's', 80)?.pod);
  expect(turns).toEqual(['a', 'b', 'a', 'b']);
  await store.objects.remove('Pod', 'ns', 'a');
  expect([backends.next('ns', 's', 80)?.pod, backends.next('ns', 's', 80)?.pod]).toEqual(['b', 'b']);
  await store.objects.remove('Pod', 'ns', 'b');
  expect(backends.next('ns', 's', 80)).toBeUndefined();
});
