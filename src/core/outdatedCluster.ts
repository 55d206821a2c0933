/** Of a program that goes on running when Coppice is updated. */
export interface OutdatedCluster {
  /** What runs. */
  readonly running: string;
  /** What would run after a restart. */
  readonly own: string;
}

/**
 * Versions are `1.2.3`, with or without more behind. undefined: what runs is as new, or newer, or does not say what it is.
 *
 * @param hasOlderContract whether it is of an older build, which its version need not tell
 */
export function outdatedCluster(
  running: string | undefined,
  own: string,
  hasOlderContract = false,
): OutdatedCluster | undefined {
  if (running === undefined) return undefined;
  if (hasOlderContract && running === own) return { running: `${running} of an older build`, own };
  const [ours, theirs] = [numbersOf(own), numbersOf(running)];
  if (!ours || !theirs) return undefined;
  const differing = ours.findIndex((number, index) => number !== theirs[index]);
  return differing >= 0 && (theirs[differing] ?? 0) < (ours[differing] ?? 0) ? { running, own } : undefined;
}

export function outdatedText({ running, own }: OutdatedCluster): string {
  return `The embedded cluster still runs version ${running}; restarted, it is ${own}.`;
}

function numbersOf(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match?.slice(1).map(Number);
}
