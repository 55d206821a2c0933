import type { EnvironmentFacts } from '../../../core/facts';
import type { PartStatus } from '../../../core/model';
import type { Part } from './part';

/** What there is to see of an environment besides its services. */
export function partStatuses(parts: readonly Part[], facts: EnvironmentFacts): readonly PartStatus[] {
  return parts.flatMap((part) => {
    const status = part.status?.(facts);
    return status ? [{ part: part.id, ...status }] : [];
  });
}
