import { expect, it } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { readSnapshot } from '../../../../src/app/snapshot/readSnapshot';
import { infraNamespace, infraOwner } from '../../../../src/core/infra';
import { EnvironmentWorld, podFacts } from '../../../support/environmentWorld';

it('has infra as the cluster has it, which is no environment that nobody uses', async () => {
  const { worktrees, identities, environmentFiles, cluster, clock, locks } = new EnvironmentWorld();
  // The one for machines without containers has none.
  cluster.identity = { kind: 'k3d', context: 'k3d-a', server: 'https://127.0.0.1:1' };
  const read = readSnapshot({
    ...{ worktrees, identities, environmentFiles, clock, locks },
    consistsOf: environmentParts,
    clusterOf: async () => cluster,
  });
  const { signal } = new AbortController();
  expect((await read('/code/repo', signal)).infra).toBeUndefined();

  await cluster.claimNamespace({ name: infraNamespace, owner: infraOwner, annotations: {} });
  cluster.setFacts(infraNamespace, { pods: [podFacts('grafana')] });

  const snapshot = await read('/code/repo', signal);
  expect(snapshot.infra).toMatchObject({ namespace: 'infra', services: [{ name: 'grafana' }] });
  expect(snapshot.orphans).toEqual([]);
});
