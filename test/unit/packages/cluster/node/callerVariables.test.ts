import { expect, it } from 'vitest';
import { beneath } from '../../../../../packages/cluster/src/node/callerVariables';

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
