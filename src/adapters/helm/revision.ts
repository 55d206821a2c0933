/** One entry of `helm history --output json`. */
export interface Revision {
  readonly revision: number;
  readonly status: string;
  /** Milliseconds since the epoch, by the clock of the machine that ran Helm; NaN when it did not say. */
  readonly updated: number;
}

/** What is no history gives an empty one. Oldest first. */
export function parseHistory(json: string): Revision[] {
  return parseArray(json)
    .flatMap((entry) => {
      const { revision, status, updated } = entry;
      if (typeof revision !== 'number' || typeof status !== 'string') return [];
      return [{ revision, status, updated: typeof updated === 'string' ? Date.parse(updated) : Number.NaN }];
    })
    .sort((a, b) => a.revision - b.revision);
}

/** Names of the releases in `helm list --output json`; undefined when it is no list. */
export function parseReleaseNames(json: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (!Array.isArray(parsed)) return undefined;
  } catch {
    return undefined;
  }
  return parseArray(json).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}

/** By so much clocks of two machines may differ. Milliseconds. */
const differMs = 60_000;

/**
 * How to free a release that a dead client left in the middle of something; undefined: it is not that which is wrong, or
 * whoever does it began after `since` and may be alive.
 */
export function recovery(
  history: readonly Revision[],
  since: number,
  now = Date.now(),
): { kind: 'uninstall' } | { kind: 'rollback'; revision: number } | undefined {
  const last = history.at(-1);
  // What was done in a time to come was done before the clock was put back.
  const isOver = last !== undefined && (last.updated < since || last.updated > now + differMs);
  if (!isOver) return undefined;
  if (last.status === 'uninstalling' || last.status === 'uninstalled') return { kind: 'uninstall' };
  if (!last.status.startsWith('pending-')) return undefined;
  const good = history.findLast(({ status }) => status === 'deployed' || status === 'superseded');
  return good ? { kind: 'rollback', revision: good.revision } : { kind: 'uninstall' };
}

function parseArray(json: string): Record<string, unknown>[] {
  try {
    const parsed: unknown = JSON.parse(json);
    if (!Array.isArray(parsed)) return [];
    return parsed.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null);
  } catch {
    return [];
  }
}
