import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { beneath, besideProxy } from '../../../../../packages/cluster/src/node/callerVariables';

const secretOf = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'coppice-caller', namespace: 'ns' },
  data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')])),
});

it("takes the caller's in place of those of whoever started the cluster", () => {
  const host = { PATH: '/old', HOME: '/h' };
  expect(beneath(host, secretOf({ PATH: '/new', HTTPS_PROXY: 'http://ü' }), false)).toEqual({
    PATH: '/new',
    HTTPS_PROXY: 'http://ü',
    HOME: '/h',
  });
  expect(beneath(host, undefined, false)).toEqual(host);
});

it('knows that Windows has one PATH, however it is written', () => {
  const host = { Path: 'C:\\old', TEMP: 't' };
  expect(beneath(host, secretOf({ PATH: 'C:\\new' }), true)).toEqual({ PATH: 'C:\\new', TEMP: 't' });
  expect(beneath({ path: '/a' }, secretOf({ PATH: '/b' }), false)).toEqual({ path: '/a', PATH: '/b' });
});

it('leads nothing that is asked of this machine to a proxy', () => {
  const at = { https_proxy: 'http://proxy:3128' };
  const own = 'localhost,.localhost,127.0.0.1,::1';
  expect(besideProxy(at, {})).toEqual({ ...at, no_proxy: own, NO_PROXY: own });
  expect(besideProxy({}, at)).toEqual({ ...at, no_proxy: own, NO_PROXY: own });
  const some = `.corp, localhost`;
  const all = '.corp,localhost,.localhost,127.0.0.1,::1';
  expect(besideProxy({ ...at, NO_PROXY: some }, {})).toEqual({ ...at, no_proxy: all, NO_PROXY: all });
});

it("leads an environment's own address to no proxy either, as Node.js itself reads it", async () => {
  const proxy = createServer((_, response) => response.end('proxy')).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  // Where such a name is not known that is told, which is no answer of a proxy either.
  const ask = `require('node:http').get('http://one.localhost:9/', (r) => r.pipe(process.stdout)).on('error', () => console.log('none'))`;
  const answer = async (env: Record<string, string>): Promise<string> =>
    (
      await promisify(execFile)(process.execPath, ['-e', ask], { env: { ...env, NODE_USE_ENV_PROXY: '1' } })
    ).stdout.trim();
  const at = { http_proxy: `http://127.0.0.1:${port}` };
  expect(await answer({ ...at, no_proxy: 'localhost' })).toBe('proxy');
  expect(await answer(besideProxy(at, {}))).toBe('none');
  proxy.close();
});

it('loses nothing of two lists that say different things', () => {
  const at = { http_proxy: 'http://proxy:3128' };
  const own = 'localhost,.localhost,127.0.0.1,::1';
  expect(besideProxy({ ...at, no_proxy: '', NO_PROXY: 'corp.internal' }, {})).toEqual({
    ...at,
    no_proxy: own,
    NO_PROXY: `corp.internal,${own}`,
  });
  expect(besideProxy({ ...at, no_proxy: 'a.corp', NO_PROXY: '*' }, {})).toEqual({
    ...at,
    no_proxy: `a.corp,${own}`,
    NO_PROXY: '*',
  });
});

it('leaves what a service says itself of proxies, and all where there is none', () => {
  const at = { HTTP_PROXY: 'http://proxy:3128' };
  expect(besideProxy(at, { no_proxy: '' })).toEqual({ ...at, no_proxy: '' });
  expect(besideProxy({ ...at, NO_PROXY: '*' }, {})).toEqual({ ...at, NO_PROXY: '*' });
  expect(besideProxy({ PATH: '/bin' }, { PORT: '1', HTTP_PROXY: '' })).toEqual({
    PATH: '/bin',
    PORT: '1',
    HTTP_PROXY: '',
  });
});
