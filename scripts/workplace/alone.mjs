// One process at a time: two scripts that install or build in one folder at once would each take away what the other one made.
//
// The lock is a folder with one file in it, whose name says who holds it: "free", or "held-<process id>-<a number drawn>". To take
// it, from nobody or from a process that died, is to rename that file: the system lets one succeed, and a name that was drawn never
// comes back. The folder is made with its file in it, and never empty.
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './run.mjs';
import { say } from './say.mjs';

const free = 'free';

/**
 * Runs a piece of work while no other process does with the same lock; waits for its turn, and says so.
 * @template T
 * @param {string} lock a folder that becomes the lock's own
 * @param {() => Promise<T>} work must not ask for the same lock
 * @returns {Promise<T>}
 */
export async function alone(lock, work) {
  const own = join(lock, `held-${process.pid}-${randomUUID()}`);
  let isTold = false;
  for (;;) {
    const holder = await findHolder(lock);
    if (holder === undefined) await makeLock(lock);
    else if (holder.isFree ? await take(join(lock, holder.name), own) : false) break;
    else if (!holder.isFree) {
      if (!isTold) say(`Waiting for process ${holder.pid}, which is at work here (${lock})…`);
      isTold = true;
      await delay(100);
    }
  }
  try {
    return await work();
  } finally {
    // Where somebody has deleted the lock meanwhile there is nothing to free; and once this process ends, it holds nothing.
    await rename(own, join(lock, free)).catch(() => undefined);
  }
}

/**
 * Does what is not done yet once, however many scripts ask for it at the same time.
 * @param {() => Promise<boolean>} isDone
 * @param {() => Promise<void>} work rejects: whoever waited tries for itself
 * @param {string} [lock] that of this clone, unless it is said
 */
export async function once(isDone, work, lock = join(root, 'out', 'lock')) {
  if (await isDone()) return;
  await alone(lock, async () => {
    if (!(await isDone())) await work();
  });
}

/**
 * @param {string} lock
 * @returns {Promise<{ name: string, isFree: boolean, pid: number } | undefined>} undefined: there is no lock yet
 */
async function findHolder(lock) {
  const names = await readdir(lock).catch(() => []);
  for (const name of names) {
    if (name === free) return { name, isFree: true, pid: 0 };
    const pid = Number(/^held-(\d+)-/.exec(name)?.[1]);
    if (pid > 0) return { name, isFree: !isAlive(pid) || (await isFromBefore(join(lock, name))), pid };
  }
  return undefined;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Whether the machine was started since: process ids begin anew then, and a daemon may have that of who held the lock.
 * @param {string} file
 */
async function isFromBefore(file) {
  const held = await stat(file).catch(() => undefined);
  return held !== undefined && held.mtimeMs < Date.now() - uptime() * 1000 - 5000;
}

/**
 * @param {string} from
 * @param {string} own
 * @returns {Promise<boolean>} false: somebody else was faster
 */
async function take(from, own) {
  try {
    // Renaming leaves the time as it was: that of who held it before the machine was started.
    await utimes(from, new Date(), new Date());
    await rename(from, own);
    return true;
  } catch {
    await delay(10);
    return false;
  }
}

/**
 * Where there is one already, it stays: a folder with a file in it is not replaced.
 * @param {string} lock
 */
async function makeLock(lock) {
  await mkdir(dirname(lock), { recursive: true });
  const made = await mkdtemp(`${lock}-`);
  await writeFile(join(made, free), '');
  await rename(made, lock).catch(() => rm(made, { recursive: true, force: true }));
}
