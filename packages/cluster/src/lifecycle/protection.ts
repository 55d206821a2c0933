import { recordsAt, textAt, type KubeObject } from '../schema/kubeObject';

const lastingNamespaces = ['default', 'kube-system'];

/** Why an object cannot be deleted, in the words of a refusal; undefined for one that can. */
export function deletionRefusal(object: KubeObject): string | undefined {
  const { name, namespace } = object.metadata;
  if (object.kind === 'Namespace' && lastingNamespaces.includes(name)) return 'this namespace may not be deleted';
  if (object.kind === 'Node') return 'the embedded cluster has this one node, which is the machine';
  // Nothing would start webernetes' controllers again: they are pods without an owner.
  if (object.kind === 'Pod' && namespace === 'kube-system' && isController(object)) {
    return 'this pod is a part of the embedded cluster itself';
  }
  return undefined;
}

function isController(pod: KubeObject): boolean {
  return recordsAt(pod, 'spec', 'containers').every((one) => textAt(one, 'image')?.startsWith('webernetes/') ?? false);
}
