import { recordsAt, textAt, type KubeObject } from '../schema/kubeObject';
import { StatusError } from '../schema/statusError';

/** The container that a request about a pod means: '' is the only one. Throws a StatusError of 400 when there is no such, or when it could be several. */
export function containerOf(pod: KubeObject, wanted: string): string {
  const names = ['initContainers', 'containers'].flatMap((list) =>
    recordsAt(pod, 'spec', list).flatMap((one) => textAt(one, 'name') ?? []),
  );
  const own = recordsAt(pod, 'spec', 'containers').flatMap((one) => textAt(one, 'name') ?? []);
  if (wanted !== '') {
    if (names.includes(wanted)) return wanted;
    throw StatusError.badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  }
  const [only] = own;
  if (own.length === 1 && only !== undefined) return only;
  const list = own.join(' ');
  throw StatusError.badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${list}]`,
  );
}
