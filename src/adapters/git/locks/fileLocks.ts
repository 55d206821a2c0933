import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../core/errors';
import type { Locks } from '../../../core/ports/host';
import { createFileAtomically } from '@coppice/host/createFileAtomically';
import { hasSameKernel, saysEveryMs, silentAfterMs } from '@coppice/host/processPlace';
import { writeTemporary } from '@coppice/host/writeTemporary';
import { isElsewhere, isHolderAlive, longestHoldMs, nobody, thisProcess, type Holder } from './lockHolder';
import { errorCode } from '@coppice/host/errorCode';

/** As it was read. */
interface FoundHolder extends Holder {
  /** When its file was written last, milliseconds since the epoch. */
  readonly lastWordMs: number;
}

/**
 * Locks are files of one folder; a file's holder is the process that it names. Of a process of another container or machine that uses the
 * same folder nothing can be told by its number: so who holds one writes its file's time anew again and again.
 */
export class FileLocks implements Locks {
  /**
   * @param folder made when first needed
   * @param listenMs how long one of another container or machine is listened to before it counts as gone
   */
  constructor(
    private readonly folder: string,
    private readonly listenMs = saysEveryMs * 1.5,
  ) {}

  async acquire(key: string, what: string): Promise<{ release(): Promise<void> }> {
    await mkdir(this.folder, { recursive: true });
    const path = this.#pathOf(key);
    const own: Holder = { ...(await thisProcess()), host: hostname(), what, token: randomUUID() };
    // A holder that lets go between the attempt to create the file and the attempt to read it gives another try.
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await createFileAtomically(path, JSON.stringify(own))) return this.#held(path, own);
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      if (holder === 'unreadable' || ((await isAlive(holder)) && !(await mayBeGone(holder))))
        throw await refused(holder);
      if (!(await this.#isSilent(path, holder))) continue;
      if (await takeOver(path, holder, own)) return this.#held(path, own);
    }
    throw await refused('unreadable');
  }

  async isHeld(key: string): Promise<boolean> {
    const holder = await readHolder(this.#pathOf(key));
    return holder === 'unreadable' || (holder !== undefined && (await isAlive(holder)));
  }

  async whatHolds(key: string): Promise<string | undefined> {
    const holder = await readHolder(this.#pathOf(key));
    if (holder === undefined || holder === 'unreadable' || !(await isAlive(holder))) return undefined;
    return holder.what;
  }

  #pathOf(key: string): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.lock`);
  }

  /**
   * Whether one that is elsewhere says nothing now either. Its last word is old as well after all have slept, and where its clock is
   * behind: then it says the next one soon. @throws conflict when it does
   */
  async #isSilent(path: string, holder: FoundHolder): Promise<boolean> {
    if (!(await isElsewhere(holder))) return true;
    await delay(this.listenMs);
    const now = await readHolder(path);
    if (now === undefined || now === 'unreadable' || now.token !== holder.token) return false;
    if (now.lastWordMs !== holder.lastWordMs) throw await refused(now);
    return true;
  }

  #held(path: string, own: Holder): { release(): Promise<void> } {
    const beat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, saysEveryMs).unref();
    return {
      release: async () => {
        clearInterval(beat);
        const holder = await readHolder(path);
        if (holder !== undefined && holder !== 'unreadable' && holder.token === own.token)
          await rm(path, { force: true });
      },
    };
  }
}

/**
 * Puts our lock in the place of a dead holder's. Only who holds the dead one's marker may do it, and only while the lock
 * is still the dead one's, whose token never comes back: so however many compete, one succeeds. A marker whose own holder
 * died is followed by the next in number.
 */
async function takeOver(path: string, dead: Holder, own: Holder): Promise<boolean> {
  for (let number = 0; ; number++) {
    const marker = `${path}.${dead.token}.${number}`;
    if (await createFileAtomically(marker, JSON.stringify(own))) {
      try {
        const holder = await readHolder(path);
        if (holder === undefined || holder === 'unreadable' || holder.token !== dead.token) return false;
        // On the disk before it has its name: after a power cut it would be empty.
        await rename(await writeTemporary(path, JSON.stringify(own), 0o600), path);
      } finally {
        await removeMarkers(path, dead, number);
      }
      return true;
    }
    const other = await readHolder(marker);
    if (other === undefined) return false;
    if (other === 'unreadable' || (await isAlive(other))) throw await refused(other);
  }
}

/** The last goes last: while it is there, nobody else gets one. */
async function removeMarkers(path: string, dead: Holder, last: number): Promise<void> {
  for (let number = 0; number <= last; number++) await rm(`${path}.${dead.token}.${number}`, { force: true });
}

/**
 * Whether one that is elsewhere is to be listened to, though its last word is not old: it was said before a clock was put back, here or there;
 * or the two have one clock, as a container and what is around it, and the next word is late: then its container was started again.
 */
async function mayBeGone(holder: FoundHolder): Promise<boolean> {
  const silentMs = Date.now() - holder.lastWordMs;
  const isLate = silentMs > lateMs && holder.start !== null && (await hasSameKernel(holder.start));
  return (isLate || -silentMs > silentAfterMs) && (await isElsewhere(holder));
}

/** By one clock nobody who lives is later with a word. */
const lateMs = saysEveryMs * 3;

function isAlive(holder: FoundHolder): Promise<boolean> {
  return isHolderAlive(holder, holder.lastWordMs);
}

async function readHolder(path: string): Promise<FoundHolder | 'unreadable' | undefined> {
  let text: string;
  let lastWordMs: number;
  try {
    text = await readFile(path, 'utf8');
    lastWordMs = (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? { ...value, lastWordMs } : await tornBy(path);
  } catch {
    return tornBy(path);
  }
}

/** Where files have no links a lock is there before its holder's name: who is killed in that moment, or whose machine is, never says it. */
async function tornBy(path: string): Promise<FoundHolder | 'unreadable' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  const [now, at] = [Date.now(), found.mtimeMs];
  const isOver = at < now - uptime() * 1000 - bootDoubtMs || now - at > longestHoldMs;
  return isOver ? { ...nobody, what: '', token: `torn-${found.ino}-${Math.trunc(at)}`, lastWordMs: at } : 'unreadable';
}

/** When a machine was started is known as well as its clock was right then. */
const bootDoubtMs = 60_000;

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const holder = value as Partial<Record<keyof Holder, unknown>>;
  return (
    typeof holder.pid === 'number' &&
    Number.isSafeInteger(holder.pid) &&
    holder.pid > 0 &&
    (holder.start === null || typeof holder.start === 'string') &&
    typeof holder.since === 'number' &&
    (holder.host === undefined || typeof holder.host === 'string') &&
    typeof holder.what === 'string' &&
    typeof holder.token === 'string' &&
    /^[0-9a-f-]{36}$/.test(holder.token)
  );
}

async function refused(holder: Holder | 'unreadable'): Promise<AppError> {
  if (holder === 'unreadable')
    return new AppError('conflict', 'Another process of Coppice is at work here. Try again shortly.');
  const { host } = holder;
  const place = host === undefined || host === hostname() ? 'in a container' : `on ${host}`;
  const who = (await isElsewhere(holder)) ? `${holder.pid}, ${place}` : String(holder.pid);
  return new AppError('conflict', `Another process of Coppice (${who}) is at work here: ${holder.what}.`, {
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
    cause: holder.token,
  });
}
