const steps = [
  { short: 'm', unit: 'minute', ms: 60_000 },
  { short: 'h', unit: 'hour', ms: 3_600_000 },
  { short: 'd', unit: 'day', ms: 86_400_000 },
  { short: 'w', unit: 'week', ms: 7 * 86_400_000 },
  { short: 'y', unit: 'year', ms: 365 * 86_400_000 },
] as const;

/** How long ago something was, in the largest unit that it fills: `3m` and `3 minutes ago`. Less than a minute is `now`. */
export function age(time: number, now: number): { readonly short: string; readonly words: string } {
  const ago = now - time;
  const step = steps.findLast(({ ms }) => ago >= ms);
  if (!step) return { short: 'now', words: 'just now' };
  const count = Math.floor(ago / step.ms);
  return { short: `${count}${step.short}`, words: `${count} ${step.unit}${count === 1 ? '' : 's'} ago` };
}
