import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeConnection } from '../../src/adapters/kubernetes/connection/kubeConnection';
import { FileKubeContexts } from '../../src/adapters/kubernetes/connection/fileKubeContexts';
import { LocalReadiness } from '../../src/adapters/kubernetes/localReadiness';
import { identityOf } from '../../src/core/clusters/clusterRules';
import type { ClusterIdentity } from '../../src/core/model';
import type { KubeconfigOfCluster } from '../../src/core/ports/localClusters';
import { hasNodes, realPlace, type Place } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('whether the API, its nodes and Traefik are ready');

let place: Place;
let at: KubeconfigOfCluster;
let pinned: ClusterIdentity;

beforeAll(async () => {
  place = await realPlace();
  const { context, path } = place.kubeconfig;
  const found = (await new FileKubeContexts().list([path])).find(({ name }) => name === context);
  if (!found) throw new Error(`${path} has no context ${context}`);
  pinned = identityOf(found, 'context');
  at = { identity: { ...pinned, context, server: found.server }, kubeconfig: path };
});
afterAll(() => place.dispose());

test.runIf(hasNodes)('a real API and its nodes are ready', () =>
  new LocalReadiness({ timeoutMs: 20_000 }).awaitApi(at),
);

test('whether Traefik serves is read from a real API, and what is missing is said', async () => {
  const connection = new KubeConnection(place.kubeconfig, pinned);
  const path = '/apis/apps/v1/namespaces/kube-system/deployments/traefik';
  const hasTraefik = await connection.json({ method: 'GET', path, verb: 'read', resource: 'traefik' }).then(
    () => true,
    () => false,
  );
  const waiting = new LocalReadiness({ timeoutMs: hasTraefik ? 20_000 : 1000 }).awaitIngress(at);
  if (hasTraefik) await waiting;
  else
    await expect(waiting).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('not installed Traefik'),
    });
});
