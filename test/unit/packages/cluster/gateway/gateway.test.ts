import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Gateway } from '../../../../../packages/cluster/src/gateway/gateway';
import { listenOnGatewayPort } from '../../../../../packages/cluster/src/gateway/listenOnGatewayPort';
import { LogStore } from '../../../../../packages/cluster/src/logs/logStore';
import { Backends } from '../../../../../packages/cluster/src/network/backends';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { PodPorts } from '../../../../../packages/cluster/src/network/podPorts';
import { openTestStore } from '../../../../support/objectStore';
import { until } from '../../../../support/until';

const disposals: (() => unknown)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

async function makeGateway() {
  const store = await openTestStore();
  disposals.push(() => store.close());
  const folder = await mkdtemp(join(tmpdir(), 'coppice-gateway-'));
  disposals.push(() => rm(folder, { recursive: true, force: true }));
  const backends = new Backends(store.objects, new PodPorts(new FreePorts()));
  const logs = new LogStore(folder, () => undefined);
  const gateway = new Gateway({ objects: store.objects, backends, logs, log: () => undefined });
  disposals.push(() => gateway.close());
  return { store, gateway };
}

const request = (port: number, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { Host: 'shop.localhost' };
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    }).once('error', reject);
  });

it('counts requests by who served them and how they went, until their namespace is gone', async () => {
  const { store, gateway } = await makeGateway();
  const pod = createServer((incoming, response) => response.writeHead(incoming.url === '/bad' ? 500 : 200).end('ok'));
  await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
  disposals.push(() => new Promise((resolve) => pod.close(resolve)));
  const { port } = pod.address() as AddressInfo;
  const namespace = 'ns';
  await store.add({ kind: 'Namespace', metadata: { name: namespace } });
  await store.add({
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: { selector: { app: 'w' }, ports: [{ port: 80, targetPort: port }] },
  });
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  const labelled = { name: 'web-1', namespace, labels: { app: 'w' } };
  await store.add({ kind: 'Pod', metadata: labelled, spec: { containers: [] }, status });
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const rules = [{ host: 'shop.localhost', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  await store.add({ kind: 'Ingress', metadata: { name: 'shop', namespace }, spec: { rules } });
  const gatewayPort = await new FreePorts().take();
  await gateway.listen(gatewayPort);

  const untouched = { namespace, service: 'web', requests: [], latency: { count: 0 } };
  expect(gateway.requests()).toMatchObject([untouched]);
  expect(await request(gatewayPort, '/')).toBe(200);
  expect(await request(gatewayPort, '/')).toBe(200);
  expect(await request(gatewayPort, '/bad')).toBe(500);
  await store.objects.remove('Pod', namespace, 'web-1');
  expect(await request(gatewayPort, '/')).toBe(503);
  const count = (code: string): number | undefined =>
    gateway.requests()[0]?.requests.find((one) => one.code === code)?.count;
  await until(() => count('503') === 1);
  expect([count('200'), count('500')]).toEqual([2, 1]);
  const [only, ...others] = gateway.requests();
  expect(others).toEqual([]);
  expect(only).toMatchObject({ namespace, service: 'web', openWebSockets: 0, latency: { count: 4 } });
  expect(only?.requests.every(({ method }) => method === 'GET')).toBe(true);
  await store.objects.remove('Namespace', undefined, namespace);
  expect(gateway.requests()).toMatchObject([untouched]);
  await store.objects.remove('Ingress', namespace, 'shop');
  await store.objects.remove('Service', namespace, 'web');
  expect(gateway.requests()).toEqual([]);
});

it('takes the port of last time, else another one, but no other than the one that was asked for', async () => {
  const first = await makeGateway();
  const wanted = await new FreePorts().take();
  expect(await listenOnGatewayPort(first.gateway, {}, wanted)).toBe(wanted);
  const second = await makeGateway();
  await expect(listenOnGatewayPort(second.gateway, { gatewayPort: wanted }, undefined)).rejects.toThrow(
    'no port for the gateway',
  );
  const other = await listenOnGatewayPort(second.gateway, {}, wanted);
  expect(other).toBeGreaterThanOrEqual(8080);
  expect(other).toBeLessThanOrEqual(8180);
});

it('begins where it is told to, and stays at the port of last time while that is one of those', async () => {
  const first = await makeGateway();
  const from = await new FreePorts().take();
  expect(await listenOnGatewayPort(first.gateway, { gatewayPortFrom: from }, 8080)).toBe(from);
  const second = await makeGateway();
  const next = await listenOnGatewayPort(second.gateway, { gatewayPortFrom: from }, undefined);
  expect(next).toBeGreaterThan(from);
  expect(next).toBeLessThanOrEqual(from + 100);
  await Promise.all([first.gateway.close(), second.gateway.close()]);
  const third = await makeGateway();
  expect(await listenOnGatewayPort(third.gateway, { gatewayPortFrom: from }, next)).toBe(next);
});

it('takes the port that is wished for since, also where the port of last time would do', async () => {
  const from = await new FreePorts().take();
  const { gateway } = await makeGateway();
  expect(await listenOnGatewayPort(gateway, { gatewayPortFrom: from }, from + 1, from + 1)).toBe(from);
});
