import { setTimeout as delay } from 'node:timers/promises';
import { connect } from './kubeConnection';
import type { Place } from './place';

/**
 * Takes a namespace's pods out of the API at once, for a clean-up that nobody waits for: a kubelet of Kubernetes 1.20 may
 * leave an ended pod there until its container garbage collection, which is a minute or more.
 */
export async function endPods(place: Place, namespace: string): Promise<void> {
  const api = await connect(place.kubeconfig.path);
  try {
    await api.call('DELETE', `/api/v1/namespaces/${namespace}/pods`, { body: { gracePeriodSeconds: 0 } });
  } finally {
    api.close();
  }
}

/**
 * Waits until a namespace is gone, and takes its pods out of the API again and again meanwhile: a ReplicaSet whose
 * Deployment is gone makes others until it is collected itself, and only a namespace that ends takes none.
 */
export async function whileEndingPods(place: Place, namespace: string, gone: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const ending = (async () => {
    while (!over.signal.aborted) {
      await endPods(place, namespace).catch(() => undefined);
      await delay(500, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  try {
    await gone;
  } finally {
    over.abort();
    await ending;
  }
}
