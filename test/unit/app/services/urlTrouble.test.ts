import { expect, test } from 'vitest';
import { urlTrouble } from '../../../../src/app/services/urlTrouble';
import type { ClusterIdentity } from '../../../../src/core/model';

const k3d: ClusterIdentity = { kind: 'k3d', context: 'k3d-coppice', server: 'https://127.0.0.1:6550' };
const kind: ClusterIdentity = { kind: 'context', context: 'kind-a', server: 'https://127.0.0.1:40000' };
const work: ClusterIdentity = { kind: 'context', context: 'work', server: 'https://work.example:6443' };

/** What is said of a URL, and which names were looked up for it. */
async function ask(cluster: ClusterIdentity, url: string, resolves: boolean) {
  const asked: string[] = [];
  const trouble = await urlTrouble({ resolves: async (host) => (asked.push(host), resolves) }, cluster, url);
  return { kind: trouble?.kind, message: trouble?.message, asked };
}

test('a name that resolves is no trouble, and one that does not is explained with a way out', async () => {
  for (const cluster of [{ kind: 'embedded' } as const, k3d, kind]) {
    expect(await ask(cluster, 'http://x.localhost:8080/', true)).toMatchObject({
      kind: undefined,
      asked: ['x.localhost'],
    });
    expect(await ask(cluster, 'http://x.localhost:8080/', false)).toMatchObject({
      kind: 'unresolved',
      message: expect.stringMatching(/^x\.localhost does not resolve on this machine\..*forward a port/),
    });
  }
});

test('a cluster elsewhere is not reached by a name of this machine, whether or not that resolves', async () => {
  expect(await ask(work, 'http://x.localhost/', true)).toMatchObject({
    kind: 'elsewhere',
    message: expect.stringContaining('"work" (https://work.example:6443) is elsewhere: forward a port'),
    asked: [],
  });
});

test('other hosts are none of ours, and nothing is looked up for them', async () => {
  for (const url of ['http://app.example/', 'http://localhost:3000/', 'http://127.0.0.1/', 'nonsense'])
    expect(await ask(work, url, false)).toEqual({ kind: undefined, message: undefined, asked: [] });
});
