import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Whether something that is good to know, and tiresome to be told with every command, is to be told now: not within a day of the
 * last time. It is remembered in `told.json`. Never rejects: what cannot be remembered is told again.
 *
 * @param home COPPICE_HOME; it is not made for this
 * @param now milliseconds since the epoch
 */
export async function onceADay(home: string, what: string, now: number): Promise<boolean> {
  const path = join(home, 'told.json');
  const told = await readTold(path);
  const last = told[what];
  // A time to come is that of a clock which was put right since.
  if (last !== undefined && last <= now && now - last < dayMs) return false;
  await writeFile(path, `${JSON.stringify({ ...told, [what]: now })}\n`, { mode: 0o600 }).catch(() => undefined);
  return true;
}

async function readTold(path: string): Promise<Readonly<Record<string, number>>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  } catch {
    return {};
  }
}
