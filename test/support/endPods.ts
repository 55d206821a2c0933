import { connect } from './kubeConnection';
import type { Place } from './place';

/**
 * Takes a namespace's pods out of the API at once, for a clean-up that nobody waits for: a kubelet of Kubernetes 1.20 may
 * leave an ended pod there until its container garbage collection, which is a minute.
 */
export async function endPods(place: Place, namespace: string): Promise<void> {
  const api = await connect(place.kubeconfig.path);
  try {
    await api.call('DELETE', `/api/v1/namespaces/${namespace}/pods`, { body: { gracePeriodSeconds: 0 } });
  } finally {
    api.close();
  }
}
