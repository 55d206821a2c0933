import { AppError } from '../core/errors';

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** What `--since` says, in milliseconds: 90s, 15m, 6h. @throws invalidInput */
export function parseLength(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  if (count === undefined) throw new AppError('invalidInput', `--since is a time such as 15m or 6h, not "${text}".`);
  return Number(count) * (unitsMs[unit] ?? 0);
}
