import type { Clock, Locks } from '../../core/ports/host';
import type { UsedTemplates } from '../../core/ports/usedTemplates';
import { withLock } from '../run/withLock';

/** Of one service of a repository: each branch with migrations of its own has one. */
const keptOfService = 4;
const keptMs = 30 * 24 * 60 * 60_000;

export interface UsedTemplatePorts {
  readonly usedTemplates: UsedTemplates;
  readonly locks: Locks;
  readonly clock: Clock;
}

/** So long is the end of a template's id, which tells those of one service apart. */
export const templateDigestLength = 16;

/** Held by whoever makes a template, or begins with it. */
export function templateLock(id: string): string {
  return `uses template ${id}`;
}

/**
 * Removes templates of used services that nobody has begun with for long, those beyond the newest of a service, and what was cut off
 * while it was made. What fails is tried again the next time. Never rejects.
 */
export async function sweepUsedTemplates({ usedTemplates, locks, clock }: UsedTemplatePorts): Promise<void> {
  const all = await usedTemplates.list().catch(() => []);
  const counts = new Map<string, number>();
  for (const { id, usedAt } of all.toSorted((one, other) => other.usedAt - one.usedAt)) {
    const family = id.slice(0, -templateDigestLength);
    const count = (counts.get(family) ?? 0) + 1;
    counts.set(family, count);
    const isKept = count <= keptOfService && clock.now() - usedAt < keptMs;
    await withLock(locks, templateLock(id), 'a template is removed', async () => {
      if (!isKept || !(await usedTemplates.has(id))) await usedTemplates.remove(id);
    }).catch(() => undefined);
  }
}
