import { CoreV1Api } from '@ngrok/webernetes';
import type { Cluster } from './engineTypes';

/**
 * webernetes' garbage collector removes pods from one moment to the next, while their processes still run; in Kubernetes they
 * have their grace period and are there until they ended. Call before the cluster starts: it is for its controllers' clients.
 */
export function collectGracefully(cluster: Cluster): void {
  const make = cluster.kubeConfig.makeApiClient.bind(cluster.kubeConfig);
  cluster.kubeConfig.makeApiClient = (type) => {
    const client = make(type);
    if (client instanceof CoreV1Api) giveGrace(client);
    return client;
  };
}

function giveGrace(client: CoreV1Api): void {
  const remove = client.deleteNamespacedPod.bind(client);
  client.deleteNamespacedPod = async (request) => {
    const { name, namespace } = request;
    const pod = await client.readNamespacedPod({ name, namespace }).catch(() => undefined);
    // A pod that no node has is ended by none.
    if (!pod?.spec?.nodeName) return remove({ ...request, gracePeriodSeconds: 0 });
    const { gracePeriodSeconds: _, body, ...rest } = request;
    const { gracePeriodSeconds: __, ...options } = body ?? {};
    return remove({ ...rest, body: options });
  };
}
