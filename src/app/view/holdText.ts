import type { Environment } from '../../core/model';

/** Why an environment that is being deleted is still there; undefined: nothing is known to hold it. */
export function holdText({ namespace, heldBy }: Pick<Environment, 'namespace' | 'heldBy'>): string | undefined {
  return heldBy === undefined ? undefined : `The namespace ${namespace} is not gone yet: ${heldBy.replace(/\.$/, '')}.`;
}
