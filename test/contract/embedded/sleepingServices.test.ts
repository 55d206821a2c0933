import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import {
  containerWhen,
  createNamespace,
  deploy,
  expectStatus,
  makeFolder,
  podsOf,
  route,
  throughGateway,
} from '../../support/services';
import { until } from '../../support/until';

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let ns = '';
let made = 0;

/** Listens as late as it is told to, and says which process it is. */
const server = `
const { createServer, get } = require('node:http');
const { existsSync } = require('node:fs');
const { NAME, PORT, LATE = '0', CRASH, NEEDS_DB, DB_SERVICE_HOST, DB_SERVICE_PORT } = process.env;
if (CRASH) { console.log('no table'); process.exit(3); }
if (NEEDS_DB) {
  const end = () => process.exit(4);
  get({ host: DB_SERVICE_HOST, port: DB_SERVICE_PORT, agent: false }, (db) => (db.statusCode === 200 ? db.resume() : end())).once('error', end);
}
const app = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  response.end(JSON.stringify({ name: NAME, pid: process.pid, path: request.url, body }));
});
setTimeout(() => app.listen(Number(PORT), '127.0.0.1'), existsSync(NAME + '.late') ? 4500 : Number(LATE));
`;

beforeAll(async () => {
  folder = await makeFolder({ 'server.cjs': server });
  cluster = await startTestCluster();
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});
beforeEach(async () => {
  ns = `sleepy-${++made}`;
  await createNamespace(cluster, ns);
});
afterEach(async () => {
  await cluster.api('DELETE', `/api/v1/namespaces/${ns}`);
});

const host = (): string => `${ns}.localhost`;
const pathOf = (name: string): string => `/apis/apps/v1/namespaces/${ns}/deployments/${name}`;

async function service(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await deploy(cluster, ns, name, {
    folder: folder.path,
    command: ['node', 'server.cjs'],
    port: 8000,
    container: { readinessProbe: { httpGet: { port: 8000, path: '/' }, periodSeconds: 1 } },
    env: Object.entries({ NAME: name, ...env }).map(([key, value]) => ({ name: key, value })),
  });
}

const patch = (name: string, body: object) =>
  expectStatus(cluster, 200, 'PATCH', pathOf(name), body, 'application/merge-patch+json');

/** As Coppice does it, and until nothing of it runs. */
async function sleep(...names: string[]): Promise<void> {
  for (const name of names)
    await patch(name, { metadata: { annotations: { 'coppice.dev/asleep': '1' } }, spec: { replicas: 0 } });
  for (const name of names) await until(async () => (await podsOf(cluster, ns, name)).length === 0);
}

const isReady = (name: string) => containerWhen(cluster, ns, name, ({ ready }) => ready);

const get = (path = '/', headers: Record<string, string> = {}) => throughGateway(cluster, host(), path, { headers });

describe('a request to a service that sleeps', () => {
  it('wakes it, once for all that come meanwhile, and every one of them is answered', async () => {
    await service('web', { LATE: '300' });
    await route(cluster, ns, 'web', host(), [['/', 'web']]);
    await isReady('web');
    await sleep('web');
    const posts = Array.from({ length: 10 }, (_, index) =>
      throughGateway(cluster, host(), `/post/${index}`, { method: 'POST', body: 'x'.repeat(100_000) + index }),
    );
    const answers = (await Promise.all(posts)).map(({ status, text }) => ({ status, ...JSON.parse(text) }));
    expect(answers.map(({ status, path, body }) => [status, path, String(body).length])).toEqual(
      posts.map((_, index) => [200, `/post/${index}`, 100_001]),
    );
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect((await podsOf(cluster, ns, 'web')).length).toBe(1);
    const { metadata, spec } = (await expectStatus(cluster, 200, 'GET', pathOf('web'))) as {
      metadata: { annotations?: object };
      spec: { replicas: number };
    };
    expect(spec.replicas).toBe(1);
    expect(metadata.annotations ?? {}).not.toHaveProperty('coppice.dev/asleep');
    expect(cluster.ownLog().match(new RegExp(`a request wakes ${ns}\\b`, 'g'))).toHaveLength(1);
  });

  it('wakes the whole environment, in the order in which its services need each other', async () => {
    await service('db', { LATE: '500' });
    await isReady('db');
    await service('api', { NEEDS_DB: 'yes' });
    await service('worker');
    await patch('api', { metadata: { annotations: { 'coppice.dev/depends-on': 'db=healthy,migrate=completed' } } });
    await route(cluster, ns, 'api', host(), [['/', 'api']]);
    await Promise.all(['api', 'worker'].map(isReady));
    await sleep('api', 'db', 'worker');
    const answer = await get();
    expect({ status: answer.status, ...JSON.parse(answer.text) }).toMatchObject({ status: 200, name: 'api' });
    // Started before db answers, it would have ended.
    expect(await isReady('api')).toMatchObject({ restartCount: 0 });
    await isReady('worker');
  });

  it('wakes what sleeps of an environment though the service itself is awake', async () => {
    await service('web');
    await service('api');
    await route(cluster, ns, 'web', host(), [['/', 'web']]);
    await Promise.all(['web', 'api'].map(isReady));
    await sleep('api');
    expect((await get()).status).toBe(200);
    await isReady('api');
  });

  it('shows a browser that it is being started, where that takes long, and the page itself once it runs', async () => {
    await service('slow');
    await route(cluster, ns, 'slow', host(), [['/', 'slow']]);
    await isReady('slow');
    await writeFile(join(folder.path, 'slow.late'), '');
    await sleep('slow');
    const html = { Accept: 'text/html,*/*' };
    const page = await get('/', html);
    expect(page.status).toBe(503);
    expect(page.headers).toMatchObject({ 'retry-after': '2', 'cache-control': 'no-store' });
    expect(page.text).toContain('<h1>slow: Waking</h1>');
    expect(page.text).toContain('its environment was asleep, and is being started');
    expect(page.text).toContain('http-equiv="refresh"');
    // Who does not show pages waits for the answer, however late it comes.
    expect((await get()).status).toBe(200);
    expect((await get('/', html)).status).toBe(200);
  }, 90_000);

  it('is told why it does not come, and does not wait for it', async () => {
    await service('web');
    await route(cluster, ns, 'web', host(), [['/', 'web']]);
    await isReady('web');
    await sleep('web');
    const container = { name: 'main', env: [{ name: 'CRASH', value: '1' }] };
    await expectStatus(
      cluster,
      200,
      'PATCH',
      pathOf('web'),
      { spec: { template: { spec: { containers: [container] } } } },
      'application/strategic-merge-patch+json',
    );
    const answer = await get('/', { Accept: 'application/json' });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ state: 'CrashLoopBackOff', exitCode: 3, log: ['no table'] });
  }, 90_000);

  it('waits as well where somebody else has woken it', async () => {
    await service('web', { LATE: '500' });
    await route(cluster, ns, 'web', host(), [['/', 'web']]);
    await isReady('web');
    await sleep('web');
    await patch('web', { metadata: { annotations: { 'coppice.dev/asleep': null } }, spec: { replicas: 1 } });
    expect((await get()).status).toBe(200);
  });

  it('is nothing that a page sends by itself, which only waits', async () => {
    await service('web', { LATE: '300' });
    await route(cluster, ns, 'web', host(), [['/', 'web']]);
    await isReady('web');
    await sleep('web');
    const events = await get('/', { Accept: 'text/event-stream' });
    expect({ status: events.status, text: events.text }).toEqual({
      status: 503,
      text: 'web: Asleep\nits environment is asleep, until somebody asks for a page of it\n',
    });
    const socket = new WebSocket(`ws://127.0.0.1:${cluster.gatewayPort}/`, { headers: { Host: host() } });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('503');
    expect(await podsOf(cluster, ns, 'web')).toEqual([]);
    const [page, ping] = await Promise.all([get(), get('/', { Accept: 'text/x-vite-ping' })]);
    expect([page.status, ping.status]).toEqual([200, 200]);
  });
});

describe('our own page that says why a service does not answer', () => {
  const look = { Accept: 'text/html', 'X-Coppice-Look': '1' };

  it('looks again without waking what sleeps, and without asking the service for anything', async () => {
    await service('web');
    await route(cluster, ns, 'web', host(), [['/', 'web']]);
    await isReady('web');
    expect(await get('/', look)).toMatchObject({ status: 204, text: '' });
    await sleep('web');
    const page = await get('/', look);
    expect(page).toMatchObject({ status: 503 });
    expect(page.text).toContain('<h1>web: Asleep</h1>');
    expect(cluster.ownLog()).not.toContain(`a request wakes ${ns}`);
    expect(await podsOf(cluster, ns, 'web')).toEqual([]);
    expect((await get()).status).toBe(200);
  });
});

it('is still asleep, and woken by a request, after the cluster was killed', async () => {
  await service('web');
  await route(cluster, ns, 'web', host(), [['/', 'web']]);
  await isReady('web');
  await sleep('web');
  await until(async () => (await cluster.api('GET', '/readyz/state')).status === 200);
  await cluster.crash();
  cluster = await cluster.startAgain();
  expect(await podsOf(cluster, ns, 'web')).toEqual([]);
  expect((await get()).status).toBe(200);
}, 120_000);
