import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from '../process/processStart';

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
    if (!(await createWhole(file, JSON.stringify(own)))) continue;
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
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('start' in value)) return undefined;
    const { pid, start } = value;
    return typeof pid === 'number' && typeof start === 'string' ? { pid, start } : undefined;
  } catch {
    return undefined;
  }
}

/** Creates a file with all its content in one step, or not at all when there is one. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.new`;
  await writeFile(temporary, content, { mode: 0o600 });
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return false;
    // A file system without links: the content follows the name a moment later.
    return createThenWrite(file, content);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createThenWrite(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(content);
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
