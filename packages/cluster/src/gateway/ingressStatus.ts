import { isDeepStrictEqual } from 'node:util';
import { valueAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore } from '../store/objectStore';

/** Writes into every Ingress where it is served. Returns what ends it. */
export function writeIngressStatus(
  objects: ObjectStore,
  gatewayPort: number,
  log: (message: string) => void,
): () => void {
  const wanted = [{ hostname: 'localhost', ports: [{ port: gatewayPort, protocol: 'TCP' }] }];
  const write = (ingress: KubeObject): void => {
    if (isDeepStrictEqual(valueAt(ingress, 'status', 'loadBalancer', 'ingress'), wanted)) return;
    const { namespace, name } = ingress.metadata;
    objects
      .modify('Ingress', namespace, name, (object) => {
        object['status'] = { loadBalancer: { ingress: structuredClone(wanted) } };
      })
      .catch((error: unknown) => log(`cannot write the status of ingress ${namespace}/${name}: ${String(error)}`));
  };
  const unsubscribe = objects.subscribe(({ kind, type, object }) => {
    if (kind === 'Ingress' && type !== 'DELETED') write(object);
  });
  for (const ingress of objects.list('Ingress').items) write(ingress);
  return unsubscribe;
}
