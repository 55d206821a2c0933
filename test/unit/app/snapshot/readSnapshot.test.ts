import { expect, it } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { readSnapshot } from '../../../../src/app/snapshot/readSnapshot';
import { infraNamespace, infraOwner } from '../../../../src/core/clusters/infra';
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

it('asks the cluster while git lists the worktrees, and gives up the rest where it does not answer', async () => {
  const { worktrees, identities, environmentFiles, cluster, clock, locks } = new EnvironmentWorld();
  let ask = (): void => undefined;
  const asked = new Promise<void>((resolve) => (ask = resolve));
  let giveUp = (): void => undefined;
  const givenUp = new Promise<void>((resolve) => (giveUp = resolve));
  cluster.probe = async () => {
    ask();
    return undefined;
  };
  cluster.read = (_, signal) =>
    new Promise((_answer, reject) => {
      signal?.addEventListener('abort', () => {
        giveUp();
        reject(new Error('given up'));
      });
    });
  const list = worktrees.list.bind(worktrees);
  worktrees.list = async (...of) => {
    await asked;
    return list(...of);
  };
  const read = readSnapshot({
    ...{ worktrees, identities, environmentFiles, clock, locks },
    consistsOf: environmentParts,
    clusterOf: async () => cluster,
  });
  const { cluster: seen } = await read('/code/repo', new AbortController().signal);
  expect(seen).toMatchObject({ state: 'offline', reason: 'the cluster does not answer' });
  await givenUp;
});
