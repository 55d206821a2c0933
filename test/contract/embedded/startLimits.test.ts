import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { createNamespace, deploy, expectStatus, makeFolder, podsOf, throughGateway } from '../../support/services';
import { until } from '../../support/until';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;

const server = `
require('node:http').createServer((_, answer) => answer.end(process.env.NAME)).listen(Number(process.env.PORT), '127.0.0.1');
`;
/** More memory than any machine has. */
const never = '9999999 0 600';
const names = ['one', 'two', 'three'];

beforeAll(async () => {
  folder = await makeFolder({ 'server.cjs': server });
  cluster = await startTestCluster();
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

const patch = (path: string, body: object) =>
  expectStatus(cluster, 200, 'PATCH', path, body, 'application/merge-patch+json');
const limit = (ns: string, text: string | null) =>
  patch(`/api/v1/namespaces/${ns}`, { metadata: { annotations: { 'coppice.dev/start-limits': text } } });
const waits = async (ns: string): Promise<unknown> => {
  const { metadata } = (await expectStatus(cluster, 200, 'GET', `/api/v1/namespaces/${ns}`)) as {
    metadata: { annotations?: Record<string, string> };
  };
  return metadata.annotations?.['coppice.dev/waits'];
};

it('a request waits for room with the reason where everybody sees it, and none of many is lost', async () => {
  for (const ns of names) {
    await createNamespace(cluster, ns);
    await deploy(cluster, ns, 'web', {
      ...{ folder: folder.path, command: ['node', 'server.cjs'], port: 8000, host: `${ns}.localhost` },
      env: [{ name: 'NAME', value: ns }],
      container: { readinessProbe: { httpGet: { port: 8000, path: '/' }, periodSeconds: 1 } },
    });
    await until(async () => (await throughGateway(cluster, `${ns}.localhost`)).status === 200);
    await patch(`/apis/apps/v1/namespaces/${ns}/deployments/web`, {
      metadata: { annotations: { 'coppice.dev/asleep': '1' } },
      spec: { replicas: 0 },
    });
    await until(async () => (await podsOf(cluster, ns, 'web')).length === 0);
    await limit(ns, never);
  }
  const answers = names.flatMap((ns) => Array.from({ length: 10 }, () => throughGateway(cluster, `${ns}.localhost`)));
  const [first, ...others] = names;
  const reason = await until(() => waits(first ?? ''));
  expect(reason).toMatch(/^waits to start, because \d+ MiB of memory are free, while 9999999 MiB are to stay free /);
  for (const ns of others)
    expect(await until(() => waits(ns))).toBe('waits to start, because another environment is being started');
  // A browser is not kept from seeing why.
  const page = await throughGateway(cluster, `${first}.localhost`, '/', {
    headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' },
  });
  expect(page.status).toBe(503);
  expect(page.text).toContain('its environment waits to start, because');
  expect(await podsOf(cluster, first ?? '', 'web')).toEqual([]);

  // In the order in which they were asked for, each when there is room for it.
  await limit(first ?? '', '1 0 600');
  await until(async () => (await waits(first ?? '')) === undefined);
  expect(await Promise.all(answers.slice(0, 10))).toEqual(
    Array.from({ length: 10 }, () => expect.objectContaining({ status: 200, text: first })),
  );
  for (const ns of others) await limit(ns, null);
  const rest = await Promise.all(answers.slice(10));
  expect(rest.map(({ status, text }) => [status, text])).toEqual(
    others.flatMap((ns) => Array.from({ length: 10 }, () => [200, ns])),
  );
  for (const ns of names) expect(await waits(ns)).toBeUndefined();
}, 60_000);

it('a cluster that starts brings back what fits, and the rest in the order of their last use, with the reason in sight', async () => {
  for (const ns of names) await until(async () => (await throughGateway(cluster, `${ns}.localhost`)).status === 200);
  // The last one that was used is "three".
  const [one = '', two = '', three = ''] = names;
  for (const ns of [one, three]) await limit(ns, never);
  await cluster.stop();
  cluster = await cluster.startAgain();
  expect(await until(() => waits(three))).toMatch(/^waits to start, because /);
  await until(async () => (await throughGateway(cluster, `${two}.localhost`)).text === two);
  expect(await podsOf(cluster, one, 'web')).toEqual([]);
  expect(await podsOf(cluster, three, 'web')).toEqual([]);
  // Cut off meanwhile, they wait with the next one, too.
  await cluster.crash();
  cluster = await cluster.startAgain();
  expect(await until(() => waits(one))).toMatch(/^waits to start, because /);
  await limit(one, '1 0 600');
  await until(async () => /memory/.test(String(await waits(three))));
  expect(await podsOf(cluster, one, 'web')).toEqual([]);
  await limit(three, '1 0 600');
  for (const ns of [three, one]) await until(async () => (await podsOf(cluster, ns, 'web')).length === 1);
  await until(async () => (await waits(three)) === undefined && (await waits(one)) === undefined);
  const answers = await Promise.all(names.map((ns) => throughGateway(cluster, `${ns}.localhost`)));
  expect(answers.map(({ text }) => text)).toEqual(names);
}, 60_000);
