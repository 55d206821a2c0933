import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clusterTime } from '../../../../src/adapters/kubernetes/clusterTime';
import { KubeConnection } from '../../../../src/adapters/kubernetes/connection/kubeConnection';
import { StubApiServer } from '../../../support/stubApiServer';

let server: StubApiServer;
let folder: string;
beforeEach(async () => {
  server = new StubApiServer();
  server.documents.set('/version', () => '{}');
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'coppice-cluster-time-'));
  await writeFile(join(folder, 'config'), server.kubeconfig());
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const read = (): Promise<number | undefined> =>
  clusterTime(
    new KubeConnection({ path: join(folder, 'config'), context: 'stub' }, { kind: 'context', context: 'stub' }),
    new AbortController().signal,
  );

it('is what the answer of the API server says, to the second', async () => {
  const before = Date.now();
  const time = await read();
  expect(time).toBeGreaterThan(before - 1500);
  expect(time).toBeLessThanOrEqual(Date.now());
});

it('is not known where it does not answer as it should', async () => {
  server.fault = () => 403;
  expect(await read()).toBeUndefined();
});
