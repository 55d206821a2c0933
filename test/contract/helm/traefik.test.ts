import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { renderChart } from '../../support/renderedChart';
import { traefikVersion } from '../../support/toolVersions';
import { EchoService, Traefik, type Told } from '../../support/traefikWorld';
import { until } from '../../support/until';
import { obtainedProgram, usedProgram } from '../../support/usedPrograms';
import { verifies } from '../../support/verified';
import { worktreeValues } from '../../support/worktreeValues';

const program = usedProgram('traefik') ?? '';
type Service = WorktreeValues['services'][number];

it.runIf(process.env['CI'])('there is a Traefik to try', () => {
  expect(program).not.toBe('');
});

/** The API is the embedded cluster's; the objects are those that charts/worktree makes for a cluster whose ingress class is Traefik's. */
describe.skipIf(program === '')('two environments behind Traefik', { timeout: 120_000 }, () => {
  let cluster: TestCluster;
  let traefik: Traefik;
  const services = new Map<string, EchoService>();
  const create = async (path: string, body: object): Promise<void> => {
    const { status, body: said } = await cluster.api('POST', path, body);
    expect([path, status, status === 201 ? '' : said]).toEqual([path, 201, '']);
  };

  /** What the chart makes of an environment, with real servers in place of its pods. */
  async function make(slug: string): Promise<void> {
    const namespace = `worktree-${slug}`;
    const plain = worktreeValues('x', '/x');
    const [frontend, backend] = plain.services;
    const of = (base: Service | undefined, more: Partial<Service>): Service => ({ ...(base as Service), ...more });
    const values: WorktreeValues = {
      ...plain,
      worktree: { ...plain.worktree, name: slug, host: `${slug}.localhost` },
      services: [
        of(frontend, { name: 'frontend', routes: ['/'] }),
        of(backend, { name: 'backend', routes: ['/api'] }),
        of(backend, { name: 'second', routes: ['/api/v2', '/a'] }),
        of(frontend, { name: 'admin', routes: ['/'], host: 'admin' }),
      ],
    };
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const object of renderChart(values, namespace).values()) {
      if (object.kind === 'Service') {
        await create(`/api/v1/namespaces/${namespace}/services`, object);
        const service = await new EchoService(`${slug}/${object.metadata.name}`).listen();
        services.set(service.name, service);
        const { spec } = object as unknown as { spec: { ports: { name?: string }[] } };
        await create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: {
            name: object.metadata.name,
            labels: { 'kubernetes.io/service-name': object.metadata.name },
          },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
          ports: [{ ...spec.ports[0], port: service.port, protocol: 'TCP', targetPort: undefined }],
        });
      }
      if (object.kind === 'Ingress')
        await create(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, object);
    }
  }

  const ask = async (host: string, path = '/'): Promise<Told | number> => {
    const { status, text } = await traefik.get(host, path);
    return status === 200 ? (JSON.parse(text) as Told) : status;
  };
  const nameAt = async (host: string, path = '/'): Promise<string | number> => {
    const told = await ask(host, path);
    return typeof told === 'number' ? told : told.name;
  };

  beforeAll(async () => {
    cluster = await startTestCluster();
    await create('/apis/networking.k8s.io/v1/ingressclasses', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'traefik' },
      spec: { controller: 'traefik.io/ingress-controller' },
    });
    await make('a');
    traefik = await Traefik.start(program, cluster.kubeconfig);
    // One that comes while it runs.
    await make('b');
    for (const host of ['a.localhost', 'admin.b.localhost'])
      await until(async () => (await nameAt(host)) !== 404, 60_000).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await traefik.log()}`);
      });
  }, 180_000);
  afterAll(async () => {
    await traefik?.dispose();
    for (const service of services.values()) await service.dispose();
    await cluster?.dispose();
  });
  verifies('Traefik', () => traefikVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'two environments by ingresses: hosts, paths, WebSockets, events, large uploads',
  });

  it('are reached each by its own host, by its paths, and services with a host of their own by that', async () => {
    for (const slug of ['a', 'b']) {
      expect(await nameAt(`${slug}.localhost`)).toBe(`${slug}/frontend`);
      expect(await nameAt(`${slug}.localhost`, '/any/page?q=1')).toBe(`${slug}/frontend`);
      expect(await nameAt(`${slug}.localhost`, '/api')).toBe(`${slug}/backend`);
      expect(await ask(`${slug}.localhost`, '/api/users?x=%2F')).toMatchObject({
        name: `${slug}/backend`,
        url: '/api/users?x=%2F',
        headers: { host: `${slug}.localhost`, 'x-forwarded-host': `${slug}.localhost` },
      });
      expect(await nameAt(`admin.${slug}.localhost`, '/api')).toBe(`${slug}/admin`);
      // A route is whole parts of a path, as everywhere in Kubernetes.
      for (const path of ['/apis', '/api-docs', '/api.json'])
        expect(await nameAt(`${slug}.localhost`, path)).toBe(`${slug}/frontend`);
      for (const path of ['/api/v2', '/api/v2/', '/api/v2/x', '/a', '/a/b'])
        expect(await nameAt(`${slug}.localhost`, path)).toBe(`${slug}/second`);
      for (const path of ['/api/', '/api?x', '/api//x', '/api/v21'])
        expect(await nameAt(`${slug}.localhost`, path)).toBe(`${slug}/backend`);
    }
    for (const host of ['c.localhost', 'other.a.localhost', 'localhost']) expect(await nameAt(host)).toBe(404);
  });

  it('have WebSockets, at once and each in its own', async () => {
    for (const slug of ['a', 'b'])
      expect(await webSocketAnswer(traefik.port, `${slug}.localhost`)).toContain(`${slug}/frontend: hi`);
  });

  it('have events while they come', async () => {
    const streams = await Promise.all(['a', 'b'].map((slug) => traefik.open(`${slug}.localhost`, '/api/events')));
    const said = streams.map((stream) => {
      const heard = { text: '', ended: false };
      stream.setEncoding('utf8').on('data', (text: string) => (heard.text += text));
      stream.on('end', () => (heard.ended = true));
      return heard;
    });
    await until(() => said.every(({ text }) => text !== ''));
    expect(said).toEqual(['a', 'b'].map((slug) => ({ text: `data: ${slug}/backend\n\n`, ended: false })));
    services.get('a/backend')?.release();
    await until(() => said[0]?.ended);
    expect(said.map(({ ended }) => ended)).toEqual([true, false]);
    services.get('b/backend')?.release();
    await until(() => said[1]?.ended);
  });

  it('take what is large, whole', async () => {
    const [part, parts] = [randomBytes(1024 * 1024), 96];
    const hash = createHash('sha256');
    for (let sent = 0; sent < parts; sent++) hash.update(part);
    const answer = await traefik.open('b.localhost', '/api/files', {
      method: 'POST',
      body: Array<Buffer>(parts).fill(part),
    });
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
    expect(JSON.parse(text)).toMatchObject({
      name: 'b/backend',
      method: 'POST',
      bytes: parts * part.length,
      sha256: hash.digest('hex'),
    });
  });

  it('are gone with their ingress, and the other stays', async () => {
    const { status } = await cluster.api('DELETE', '/api/v1/namespaces/worktree-b');
    expect(status).toBe(200);
    await until(async () => (await nameAt('b.localhost')) === 404, 30_000);
    await until(async () => (await nameAt('admin.b.localhost')) === 404, 30_000);
    expect(await nameAt('a.localhost')).toBe('a/frontend');
  });
});

/** What comes after a handshake and one text frame. */
async function webSocketAnswer(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...{ Host: host, Connection: 'Upgrade', Upgrade: 'websocket' },
      ...{ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') },
    };
    const asked = request({ host: '127.0.0.1', port, path: '/socket', headers });
    asked.once('error', reject);
    asked.once('response', ({ statusCode }) => reject(new Error(`no WebSocket: ${statusCode}`)));
    asked.once('upgrade', (_, socket) => {
      socket.once('error', reject);
      socket.once('data', (frame: Buffer) => {
        socket.destroy();
        resolve(frame.subarray(2).toString());
      });
      // A mask of zeros leaves the text as it is.
      socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    });
    asked.end();
  });
}
