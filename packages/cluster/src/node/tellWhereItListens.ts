import type { V1Pod } from '@ngrok/webernetes';
import { listensAnnotation } from '../contract';
import type { ObjectStore } from '../store/objectStore';

/** Writes on a pod where its process listens; undefined: where it is to. Never rejects: the pod may be gone. */
export async function tellWhereItListens(
  objects: Pick<ObjectStore, 'get' | 'modify'>,
  { metadata }: V1Pod,
  text: string | undefined,
): Promise<void> {
  const { namespace = 'default', name = '', uid } = metadata ?? {};
  const known = objects.get('Pod', namespace, name);
  if (known?.metadata.uid !== uid || known?.metadata.annotations?.[listensAnnotation] === text) return;
  await objects
    .modify('Pod', namespace, name, (pod) => {
      const { [listensAnnotation]: _, ...others } = pod.metadata.annotations ?? {};
      pod.metadata.annotations = text === undefined ? others : { ...others, [listensAnnotation]: text };
    })
    .catch(() => undefined);
}
