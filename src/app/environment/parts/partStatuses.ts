import type { EnvironmentFacts } from '../../../core/facts';
import type { PartStatus } from '../../../core/model';
import type { PartNews, ShownPart } from './part';

/** What there is to see of an environment besides its services. */
export function partStatuses(
  parts: readonly ShownPart[],
  facts: EnvironmentFacts,
  told: PartNews = {},
): readonly PartStatus[] {
  return parts.flatMap((part) => {
    const status = part.status?.(facts, told);
    return status ? [{ part: part.id, ...status }] : [];
  });
}
