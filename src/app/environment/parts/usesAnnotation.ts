import type { UsesRecord } from '../../../core/model';
import { partsProblem } from '../../../core/records/identityRecord';

/** What a namespace says of the services that its environment uses; undefined: nothing that can be read. */
export function parsedUses(text: string | undefined): UsesRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const services: unknown = JSON.parse(text);
    if (partsProblem({ parts: { uses: { services } } }) !== undefined) return undefined;
    // It was looked at just now.
    return { services: services as UsesRecord['services'] };
  } catch {
    return undefined;
  }
}
