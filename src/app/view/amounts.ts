/*
 * Amounts as a person reads them, the same in the overview and in a terminal.
 */

/** `2.5/s` */
export function rateText(perSecond: number): string {
  return `${rounded(perSecond)}/s`;
}

/** `1.2 %` @param share 1 is all of it, or one processor */
export function percentText(share: number): string {
  return `${rounded(share * 100)} %`;
}

/** `4.2 ms`, `120 ms`, `1.2 s` */
export function msText(ms: number): string {
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `98 MiB`, `1.2 GiB` */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${amount.toFixed(power > 2 && amount < 100 ? 1 : 0)} ${units[power] ?? 'B'}`;
}

/** Little is told exactly: that it is more than nothing is the news then. */
function rounded(amount: number): string {
  if (amount === 0) return '0';
  return amount < 0.1 ? amount.toFixed(2) : amount < 10 ? amount.toFixed(1) : amount.toFixed(0);
}
