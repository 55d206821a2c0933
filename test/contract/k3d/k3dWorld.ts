import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { K3dClusters } from '../../../src/adapters/k3d/k3dClusters';
import { K3dRecords } from '../../../src/adapters/k3d/k3dRecords';
import { LocalReadiness } from '../../../src/adapters/kubernetes/localReadiness';
import { type DeleteClusterPorts } from '../../../src/app/cluster/deleteCluster';
import { type SetUpPorts } from '../../../src/app/cluster/setUpCluster';
import type { NamespaceRecord } from '../../../src/core/ports/cluster';
import type { ChosenCluster } from '../../../src/core/ports/clusters';
import { defaultSettings } from '../../../src/core/settings';
import { installFakeK3d, type FakeK3d } from '../../support/fakeK3d';
import { FakeClock } from '../../support/fakes/fakeClock';
import { FakeDatabases } from '../../support/fakes/fakeDatabases';
import { FakeIdentities } from '../../support/fakes/fakeIdentities';
import { FakeLocks } from '../../support/fakes/fakeLocks';
import { fakePaths } from '../../support/fakes/fakePaths';
import { FakePorts } from '../../support/fakes/fakePorts';
import { FakeWorktrees } from '../../support/fakes/fakeWorktrees';
import { StubApiServer } from '../../support/stubApiServer';

/** Use cases of a cluster of k3d over the adapter, a program that answers as k3d does, and a server that answers as its API. */
export interface K3dWorld {
  readonly folder: string;
  readonly home: string;
  readonly root: string;
  readonly fake: FakeK3d;
  readonly api: StubApiServer;
  readonly ports: SetUpPorts & DeleteClusterPorts;
  readonly records: K3dRecords;
  readonly taken: FakePorts['taken'];
  readonly chosen: Map<string, ChosenCluster>;
  readonly worktrees: FakeWorktrees;
  readonly identities: FakeIdentities;
  readonly databases: FakeDatabases;
}

const traefik = { metadata: { name: 'traefik', namespace: 'kube-system' } };
const nodesPath = '/api/v1/nodes';
const deploymentsPath = '/apis/apps/v1/namespaces/kube-system/deployments';
const servicesPath = '/api/v1/namespaces/kube-system/services';

/** @param namespaces what is in the cluster; undefined: it cannot be seen */
export async function makeK3dWorld(namespaces: () => NamespaceRecord[] | undefined): Promise<K3dWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-setup-'));
  const home = join(folder, 'home', 'k3d');
  const root = join(folder, 'code', 'repo');
  const api = new StubApiServer();
  await api.start();
  api.put(nodesPath, { metadata: { name: 'server-0' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  api.put(deploymentsPath, { ...traefik, status: { conditions: [{ type: 'Available', status: 'True' }] } });
  api.put(servicesPath, { ...traefik, status: { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } } });
  const fake = await installFakeK3d(folder, api.url);
  const records = new K3dRecords(home);
  const chosen = new Map<string, ChosenCluster>();
  const worktrees = new FakeWorktrees(root);
  const identities = new FakeIdentities();
  const databases = new FakeDatabases();
  const free = new FakePorts();
  let marks = 0;
  const ports: SetUpPorts & DeleteClusterPorts = {
    localClusters: new K3dClusters({ folder: home, env: { ...fake.env, KUBECONFIG: fake.userKubeconfig } }),
    localRecords: records,
    readiness: new LocalReadiness({ timeoutMs: 20_000, timing: { pauseMs: 10, longestLocalPauseMs: 20 } }),
    worktrees,
    identities,
    databases,
    locks: new FakeLocks(),
    ports: free,
    paths: fakePaths,
    clock: new FakeClock(),
    settings: () => defaultSettings,
    newMark: () => `mark-${++marks}`,
    choose: async (repositoryId, cluster) => void chosen.set(repositoryId, cluster),
    namespacesIn: async () => namespaces(),
    forget: async (identity) => {
      for (const [id, { identity: one }] of chosen) if (one.server === identity.server) chosen.delete(id);
    },
  };
  return { folder, home, root, fake, api, ports, records, taken: free.taken, chosen, worktrees, identities, databases };
}
