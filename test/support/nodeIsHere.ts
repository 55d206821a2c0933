import { HostMachine } from '../../src/adapters/exec/hostMachine';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesNodes } from '../../src/adapters/kubernetes/kubernetesNodes';
import { runsOnThisMachine } from '../../src/app/images/imageRoute';
import type { ClusterNode } from '../../src/core/ports/nodes';
import { silentLog } from './kubernetesHarness';
import { realPlace } from './place';

/** The real cluster's only node, when that is this machine: it sees this machine's folders, and its loopback. */
export async function nodeIsHere(): Promise<ClusterNode | undefined> {
  const { kubeconfig } = await realPlace();
  const { connection } = new KubernetesCluster({ identity: { kind: 'context' }, kubeconfig, log: silentLog });
  const nodes = await new KubernetesNodes(connection).list();
  return (await runsOnThisMachine(nodes, new HostMachine())) ? nodes[0] : undefined;
}
