import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HistoryAnswer } from '../../../packages/cluster/src/contract';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import {
  containerWhen,
  createNamespace,
  deploy,
  expectStatus,
  makeFolder,
  podsOf,
  throughGateway,
} from '../../support/services';
import { until } from '../../support/until';

const ns = 'shop';
const host = 'shop.localhost';
const server = `
require('node:http').createServer((request, response) => {
  const code = Number(request.url.slice(1)) || 200;
  if (code === 503) process.exit(1);
  response.writeHead(code).end();
}).listen(process.env.PORT);
`;
let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeEach(async () => {
  folder = await makeFolder({ 'server.cjs': server });
  cluster = await startTestCluster();
  await createNamespace(cluster, ns);
  const labels = { 'coppice.dev/service': 'web' };
  const web = { folder: folder.path, command: ['node', 'server.cjs'], port: 3000, host, labels };
  await deploy(cluster, ns, 'web', web);
  await containerWhen(cluster, ns, 'web', ({ ready }) => ready);
  await until(async () => (await throughGateway(cluster, host)).status === 200);
});
afterEach(async () => {
  await cluster.dispose();
  await folder.remove();
});

async function history(query = 'step=7200'): Promise<HistoryAnswer> {
  return (await expectStatus(cluster, 200, 'GET', `/coppice/history/${ns}?${query}`)) as unknown as HistoryAnswer;
}
const webOf = ({ samples }: HistoryAnswer) =>
  samples.flatMap(({ services }) => services).find((one) => one.name === 'web');
const files = async (): Promise<string[]> => readdir(join(cluster.folder, 'history'));

it('tells what an environment was asked and has used though nobody looked, of a cluster before this one too', async () => {
  const times = { 200: 3, 302: 1, 404: 2, 500: 4 };
  for (const [code, count] of Object.entries(times))
    for (let each = 0; each < count; each++) await throughGateway(cluster, host, `/${code}`);
  const asked = await until(async () => {
    const web = webOf(await history());
    return web?.requests && (web.requests.byClass[4] ?? 0) >= 4 ? web : undefined;
  });
  const byClass = asked.requests?.byClass ?? [];
  expect(byClass.slice(2)).toEqual([1, 2, expect.any(Number)]);
  expect(byClass[1]).toBeGreaterThanOrEqual(4);
  expect(asked.memoryBytes).toBeGreaterThan(1e6);
  expect(asked.cpuCores).toBeGreaterThan(0);
  const { bounds, marks } = await history();
  expect(asked.requests?.durations.length).toBeLessThanOrEqual(bounds.length + 1);
  expect(asked.requests?.durations.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(10);
  expect(marks).toContainEqual({ at: expect.any(Number), kind: 'created' });

  await throughGateway(cluster, host, '/503').catch(() => undefined);
  await containerWhen(cluster, ns, 'web', ({ ready, restartCount }) => ready && restartCount > 0);
  await cluster.stop();
  cluster = await cluster.startAgain();
  const past = await history(`step=7200&from=${new Date(Date.now() - 3_600_000).toISOString()}`);
  expect(webOf(past)?.requests?.byClass.slice(2, 4)).toEqual([1, 2]);
  expect(past.marks).toContainEqual({ at: expect.any(Number), kind: 'restart', service: 'web', count: 1 });

  // One that was killed in the middle of a line.
  const [uid = ''] = await files();
  await cluster.stop();
  const [hour = ''] = (await readdir(join(cluster.folder, 'history', uid))).sort().slice(-1);
  const path = join(cluster.folder, 'history', uid, hour);
  await writeFile(path, `${await readFile(path, 'utf8')}[1767270630000,15,[["web",0.1`);
  cluster = await cluster.startAgain();
  await until(async () => (await throughGateway(cluster, host, '/404')).status === 404);
  await until(async () => webOf(await history())?.requests?.byClass[3] === 3);
});

it('a gap is a gap, and what is gone is gone: another namespace of the name begins with nothing', async () => {
  await until(async () => webOf(await history())?.requests);
  await cluster.stop();
  cluster = await cluster.startAgain();
  await until(async () => (await throughGateway(cluster, host)).status === 200);
  const samples = await until(async () => {
    const all = (await history('step=0')).samples;
    return all.length >= 2 ? all : undefined;
  });
  for (const [index, { at, seconds }] of samples.entries())
    expect(at - seconds * 1000).toBeGreaterThanOrEqual((samples[index - 1]?.at ?? 0) - 1000);

  expect(await files()).toHaveLength(1);
  await expectStatus(cluster, 200, 'DELETE', `/api/v1/namespaces/${ns}`);
  await until(async () => (await cluster.api('GET', `/api/v1/namespaces/${ns}`)).status === 404);
  await expectStatus(cluster, 404, 'GET', `/coppice/history/${ns}`);
  await until(async () => (await files()).length === 0);
  await createNamespace(cluster, ns);
  expect((await history('step=0')).samples).toEqual([]);
  expect(await podsOf(cluster, ns, 'web')).toEqual([]);
});

it('refuses a range that is none, and more steps than it tells', async () => {
  for (const query of [
    'from=yesterday',
    'step=-1',
    'step=x',
    'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    'step=1',
  ])
    await expectStatus(cluster, 400, 'GET', `/coppice/history/${ns}?${query}`);
  await expectStatus(cluster, 404, 'GET', '/coppice/history/none');
  await expectStatus(cluster, 405, 'DELETE', `/coppice/history/${ns}`);
});
