import { createFileAtomically } from '@coppice/host/createFileAtomically';
import { parseRecord } from '@coppice/host/parseRecord';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from '@coppice/host/processStart';

interface Holder {
  pid: number;
  start: string;
}

export type LockAnswer = { won: true } | { won: false; pid: number };

const NAME = /^lock\.(\d+)$/;

/**
 * Decides which process is the cluster of a folder. Each holder writes the file with the next number, which only one process can
 * create; it holds as long as its process lives, so that a holder that died, in whatever way, needs no cleaning up. Process numbers
 * are used again: the start time tells a holder from a stranger.
 */
export async function takeLock(folder: string): Promise<LockAnswer> {
  const start = await processStart(process.pid);
  if (start === undefined) throw new Error('cannot tell when this process started');
  const own: Holder = { pid: process.pid, start };
  for (;;) {
    const numbers = await lockNumbers(folder);
    const newest = numbers.at(-1) ?? 0;
    const holder = newest === 0 ? undefined : await readHolder(join(folder, `lock.${newest}`));
    if (holder && (await isAlive(holder))) return { won: false, pid: holder.pid };
    const file = join(folder, `lock.${newest + 1}`);
    if (!(await createFileAtomically(file, JSON.stringify(own)))) continue;
    // Somebody may have taken a later number while we looked at an old one, and removed the files in between.
    const later = (await lockNumbers(folder)).some((number) => number > newest + 1);
    if (later) {
      await rm(file, { force: true });
      continue;
    }
    await Promise.all(numbers.map((number) => rm(join(folder, `lock.${number}`), { force: true })));
    return { won: true };
  }
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

async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const { pid, start } = parseRecord(text) ?? {};
  return typeof pid === 'number' && typeof start === 'string' ? { pid, start } : undefined;
}
