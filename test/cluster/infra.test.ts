import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/app/run/run';
import { infraNamespace, infraOwner } from '../../src/core/clusters/infra';
import { whileEndingPods } from '../support/endPods';
import { canBuildImages, postgresImage } from '../support/infraImages';
import { RealWorld } from '../support/realWorld';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('infra by the product: set up, brought up to date, removed with what that would lose');

// The whole way of a person: infra set up in the cluster, an environment that has its database there, an upgrade, and its end.
describe.skipIf(!canBuildImages)('Infra in a real Kubernetes', { timeout: 180_000 }, () => {
  let world: RealWorld;
  /** There is one infra in a cluster: where somebody has theirs it is left alone, and these tests do not run. */
  let isTheirs = true;
  const run: Run = { signal: AbortSignal.timeout(600_000), report: () => undefined };

  beforeAll(async () => {
    world = await RealWorld.create({ settings: { 'postgres.url': '', 'postgres.podAddress': '' } });
    isTheirs = (await world.cluster().readNamespace(infraNamespace)) !== undefined;
  });
  afterAll(async () => {
    if (!isTheirs) {
      await whileEndingPods(world.place, infraNamespace, world.cluster().deleteNamespace(infraNamespace, infraOwner));
    }
    await world.dispose();
  }, 120_000);

  test('is set up, holds an environment’s database, is brought up to date without losing it, and goes when that is accepted', async (context) => {
    if (isTheirs) return context.skip('there is infra in this cluster already');
    const { product, repository: folder } = world;
    expect(await product.infra.status({ folder }, run)).toBeUndefined();
    // A cluster without a class of volumes of its own: nothing is made that would lose its data unasked.
    const { json } = await world.api.call('GET', '/apis/storage.k8s.io/v1/storageclasses');
    if (json.items.length === 0) {
      await expect(product.infra.setUp({ folder, parts: ['postgresql'] }, run)).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await world.cluster().readNamespace(infraNamespace)).toBeUndefined();
    }

    const file = join(world.folder, 'infra.yaml');
    await writeFile(file, JSON.stringify({ postgresql: { image: await postgresImage(world.place.image) } }));
    world.settings.now = { ...world.settings.now, 'infra.values': file };
    const made = await product.infra.setUp({ folder, parts: ['postgresql'], ephemeral: true }, run);
    expect(made).toMatchObject({ parts: ['postgresql'], ready: true, found: false });
    expect(made.services).toMatchObject([{ name: 'postgresql', state: 'Running' }]);

    const store = product.snapshots.open(folder);
    try {
      store.setVisible(true);
      const seen = await until(() => store.snapshot.infra, 30_000);
      expect(seen).toMatchObject({ namespace: 'infra', health: 'healthy', services: [{ name: 'postgresql' }] });
      // It is nobody's environment, and so nobody's orphan.
      expect(store.snapshot.orphans).toEqual([]);
    } finally {
      store.dispose();
    }

    const created = await world.create('in-infra');
    expect(created.ready).toBe(true);
    const ask = (method: string): Promise<string> =>
      world.reach(created, 'web', async (url) => (await fetch(url, { method })).text());
    expect(await ask('POST')).toBe('in-infra 1');
    const secret = await world.cluster().readSecret(created.identity.names.namespace, 'coppice-database');
    expect(secret?.['DATABASE_URL']).toMatch(/@postgresql\.infra\.svc:5432\/wt_in_infra$/);
    // Nothing of it is in the server of this machine.
    expect((await world.owned()).databases).toEqual([]);
    const variables = await product.environments.variables(created.worktree.path, AbortSignal.timeout(30_000));
    const client = new Client({ connectionString: variables?.['DATABASE_URL'] });
    await client.connect();
    try {
      expect((await client.query('SHOW server_version_num')).rows[0].server_version_num).toMatch(/^18/);
    } finally {
      await client.end();
    }

    // Its pod is where the data is, and an update may replace it: that is accepted by name, and here nothing has changed.
    const { namespace } = created.identity.names;
    await expect(product.infra.setUp({ folder }, run)).rejects.toMatchObject({
      code: 'conflict',
      losses: [{ kind: 'data', count: 1, examples: [namespace] }],
    });
    expect(await ask('GET')).toBe('in-infra 1');
    const again = await product.infra.setUp({ folder, accepted: [namespace] }, run);
    expect(again).toMatchObject({ parts: ['postgresql'], ready: true, found: true });
    expect(await ask('POST')).toBe('in-infra 2');
    expect(await product.infra.contents({ folder }, run)).toEqual({
      volumes: [],
      environments: [namespace],
    });
    await expect(product.infra.remove({ folder, accepted: [] }, run)).rejects.toMatchObject({ code: 'conflict' });
    expect(await ask('GET')).toBe('in-infra 2');

    await world.delete(created);
    expect((await product.infra.contents({ folder }, run)).environments).toEqual([]);
    await whileEndingPods(world.place, infraNamespace, product.infra.remove({ folder, accepted: [] }, run));
    expect(await product.infra.status({ folder }, run)).toBeUndefined();
  });
});
