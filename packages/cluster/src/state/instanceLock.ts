import { createFileAtomically } from '@coppice/host/createFileAtomically';
import { parseRecord } from '@coppice/host/parseRecord';
import {
  hasSameKernel,
  isOtherPlace,
  ownPlace,
  placeText,
  saysEveryMs,
  silentAfterMs,
} from '@coppice/host/processPlace';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processStart } from '@coppice/host/processStart';

interface Holder {
  pid: number;
  start: string;
  /** As `ProcessPlace`; undefined: it is of a build that did not say. */
  host?: string;
  processes?: string;
}

/** `number`: see `isTaken`. `elsewhere`: it is no process of this place, in words that follow "runs". */
export type LockAnswer = { won: true; number: number } | { won: false; pid: number; elsewhere?: string };

/** How often it is looked whether one of another place has said another word. */
const lookMs = 100;

const NAME = /^lock\.(\d+)$/;

/**
 * Decides which process is the cluster of a folder. Each holder writes the file with the next number, which only one process can
 * create; it holds as long as its process lives, so that a holder that died, in whatever way, needs no cleaning up. Process numbers
 * are used again: the start time tells a holder from a stranger. Of a process of another container or machine that uses the same folder
 * nothing can be told by its number: so who holds it writes its file's time anew again and again.
 *
 * @param listenMs how long one of another place is listened to before it counts as gone
 * @param onLost called once another has taken what this one holds, see `isTaken`
 */
export async function takeLock(
  folder: string,
  listenMs = saysEveryMs * 1.5,
  onLost: () => void = () => undefined,
): Promise<LockAnswer> {
  const start = await processStart(process.pid);
  if (start === undefined) throw new Error('cannot tell when this process started');
  const own: Holder = { pid: process.pid, start, ...(await ownPlace()) };
  for (;;) {
    const numbers = await lockNumbers(folder);
    const newest = numbers.at(-1) ?? 0;
    const known = join(folder, `lock.${newest}`);
    const holder = newest === 0 ? undefined : await readHolder(known);
    const elsewhere = holder && (await placeOf(holder));
    if (holder && elsewhere !== undefined) {
      if (await isHeard(known, holder, listenMs)) return { won: false, pid: holder.pid, elsewhere };
    } else if (holder && (await isAlive(holder))) return { won: false, pid: holder.pid };
    const file = join(folder, `lock.${newest + 1}`);
    if (!(await createFileAtomically(file, JSON.stringify(own)))) continue;
    // Somebody may have taken a later number while we looked at an old one, and removed the files in between.
    const later = (await lockNumbers(folder)).some((number) => number > newest + 1);
    if (later) {
      await rm(file, { force: true });
      continue;
    }
    await Promise.all(numbers.map((number) => rm(join(folder, `lock.${number}`), { force: true })));
    holdLock(folder, newest + 1, onLost);
    return { won: true, number: newest + 1 };
  }
}

function holdLock(folder: string, number: number, onLost: () => void): void {
  const file = join(folder, `lock.${number}`);
  const saying = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(async () => {
      if (!(await isTaken(folder, number))) return;
      clearInterval(saying);
      onLost();
    });
  }, saysEveryMs).unref();
}

/**
 * Whether another has the folder by now: who held it has said nothing for so long that it counted as gone, as where its machine slept or its
 * container was paused. Never rejects: a folder that cannot be read is nobody's.
 *
 * @param number of the file by which it was held
 */
export async function isTaken(folder: string, number: number): Promise<boolean> {
  const numbers = await lockNumbers(folder).catch(() => []);
  return numbers.some((each) => each > number);
}

async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => Number(NAME.exec(name)?.[1] ?? []))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

async function isAlive(holder: Holder): Promise<boolean> {
  return (await processStart(holder.pid)) === holder.start;
}

/** undefined: it is here, or did not say where. */
async function placeOf({ host, processes, pid, start }: Holder): Promise<string | undefined> {
  if (host === undefined) return undefined;
  const place = { host, ...(processes === undefined ? {} : { processes }) };
  return (await isOtherPlace(place, start, await processStart(pid))) ? placeText(place) : undefined;
}

/**
 * Its last word may be old because all have slept, or of a time to come because a clock was put back: then it says the next one soon. One
 * of the same kernel that has just said one may be gone, as after a restart of its container: that is heard, too.
 */
async function isHeard(file: string, { start }: Holder, listenMs: number): Promise<boolean> {
  const lastWord = async (): Promise<number> => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
  const before = await lastWord();
  if (Math.abs(Date.now() - before) < silentAfterMs && !(await hasSameKernel(start))) return true;
  const until = performance.now() + listenMs;
  while (performance.now() < until) {
    await delay(lookMs);
    if ((await lastWord()) !== before) return true;
  }
  return false;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const { pid, start, host, processes } = parseRecord(text) ?? {};
  if (typeof pid !== 'number' || typeof start !== 'string') return undefined;
  return {
    ...{ pid, start },
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof processes === 'string' ? { processes } : {}),
  };
}
