import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { containerWhen, createNamespace, deploy, expectStatus, makeFolder, podsOf } from '../../support/services';
import { until } from '../../support/until';

const ns = 'locked';
const restarts = 20;

/** As a dev server or a database that locks its folder, and takes its time to let go of it. */
const server = `
const fs = require('node:fs');
// First: told to end in the moment in which it has the lock, it would leave it.
process.on('SIGTERM', () => setTimeout(() => { if (isMine) fs.rmSync('lock'); process.exit(0); }, 100));
let isMine = false;
try {
  fs.writeFileSync('lock', String(process.pid), { flag: 'wx' });
  isMine = true;
} catch {
  fs.appendFileSync('clashes', 'x');
  process.exit(1);
}
require('node:http').createServer((_, answer) => answer.end(process.env.TURN)).listen(process.env.PORT, '127.0.0.1');
`;

let cluster: TestCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder({ 'server.cjs': server });
  cluster = await startTestCluster();
  await createNamespace(cluster, ns);
});
afterAll(async () => {
  await cluster.dispose();
  await folder.remove();
});

it('a service that locks its folder is never there twice, however fast it is restarted', async () => {
  await deploy(cluster, ns, 'web', { folder: folder.path, command: ['node', 'server.cjs'], port: 8000 });
  const patch = (spec: object) =>
    expectStatus(
      cluster,
      200,
      'PATCH',
      `/apis/apps/v1/namespaces/${ns}/deployments/web`,
      { spec },
      'application/merge-patch+json',
    );
  await patch({ strategy: { type: 'Recreate', rollingUpdate: null } });
  for (let turn = 1; turn <= restarts; turn++) {
    await patch({ template: { metadata: { annotations: { turn: String(turn) } } } });
    // Half of them meet one that has just begun, or is about to end.
    if (turn % 2 === 0) await containerWhen(cluster, ns, 'web', (container) => container.state.running !== undefined);
  }
  const last = await until(async () => {
    const pods = await podsOf(cluster, ns, 'web');
    const [pod] = pods;
    const isLast = pods.length === 1 && JSON.stringify(pod?.metadata).includes(`"turn":"${restarts}"`);
    return isLast && pod?.status.containerStatuses?.[0]?.ready ? pod : undefined;
  }, 60_000);
  expect(last.status.containerStatuses?.[0]).toMatchObject({ restartCount: 0 });
  expect(existsSync(join(folder.path, 'clashes'))).toBe(false);
}, 120_000);
