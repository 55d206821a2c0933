import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { historyKeptMs } from '../contract';
import { headLine, isHeadLine, parseHistoryLine, type HistoryLine } from './historyLines';

const HOUR_MS = 60 * 60_000;
/** Seven hours lie there at most, the one that goes on and six before it: less than a megabyte together. */
const MOST_BYTES = 145_000;

/** Of whom something is kept: the name may be given again, the uid never is. */
export interface HistoryOwner {
  readonly namespace: string;
  readonly uid: string;
}

interface OpenFile {
  readonly path: string;
  bytes: number;
  /** A newer Coppice wrote it. */
  readonly isForeign: boolean;
}

/**
 * The history of each environment as lines in files of an hour each: `<uid>/<hours since the epoch>.jsonl`. What is older than it is kept
 * goes with its whole file. One thing is done after the other, and nothing is held in memory but the size of each file that goes on.
 */
export class HistoryFiles {
  private readonly open = new Map<string, OpenFile>();
  private last: Promise<unknown> = Promise.resolve();
  private trouble = '';

  constructor(
    private readonly folder: string,
    private readonly log: (message: string) => void,
    /** Of one hour of one environment. */
    readonly mostBytes = MOST_BYTES,
  ) {}

  /** How much of an hour's room is used, from 0 to 1. */
  used({ uid }: HistoryOwner): number {
    return (this.open.get(uid)?.bytes ?? 0) / this.mostBytes;
  }

  /** One write at the end of one file. Never rejects: what cannot be written is not kept. @param at milliseconds since the epoch */
  append(owner: HistoryOwner, at: number, line: string): Promise<void> {
    return this.inTurn(() => this.write(owner, at, line));
  }

  /** What was written from a moment on up to another, oldest first. Rejects where a newer Coppice wrote it, and where it cannot be read. */
  read({ uid }: HistoryOwner, from: number, to: number): Promise<HistoryLine[]> {
    return this.inTurn(async () => {
      const found: HistoryLine[] = [];
      if (!isUid(uid)) return found;
      for (let hour = hourOf(from); hour <= hourOf(to); hour++)
        for (const line of await linesOf(this.pathOf(uid, hour))) {
          const at = 'sample' in line ? line.sample.at : line.mark.at;
          if (at > from && at <= to) found.push(line);
        }
      return found;
    });
  }

  /** Never rejects. */
  remove({ uid }: HistoryOwner): Promise<void> {
    return this.inTurn(async () => {
      this.open.delete(uid);
      if (isUid(uid)) await rm(join(this.folder, uid), { recursive: true, force: true }).catch(this.tell);
    });
  }

  /** Removes what belongs to nobody any more, and what is older than it is kept. Never rejects. */
  prune(uids: ReadonlySet<string>, now: number): Promise<void> {
    return this.inTurn(async () => {
      for (const uid of await readdir(this.folder).catch(() => [])) {
        if (!isUid(uid)) continue;
        if (uids.has(uid)) await this.forgetOld(uid, now);
        else await rm(join(this.folder, uid), { recursive: true, force: true }).catch(this.tell);
      }
    });
  }

  /** Resolves when all is written that was to be. */
  async settled(): Promise<void> {
    await this.last;
  }

  private async write(owner: HistoryOwner, at: number, line: string): Promise<void> {
    if (!isUid(owner.uid)) return;
    const path = this.pathOf(owner.uid, hourOf(at));
    try {
      const known = this.open.get(owner.uid);
      const file = known?.path === path ? known : await this.begin(owner, path, at);
      const text = `${line}\n`;
      const bytes = Buffer.byteLength(text);
      if (file.isForeign || file.bytes + bytes > this.mostBytes) return;
      file.bytes += bytes;
      await appendFile(path, text, { mode: 0o600 });
    } catch (error) {
      this.open.delete(owner.uid);
      this.tell(error);
    }
  }

  private async begin(owner: HistoryOwner, path: string, at: number): Promise<OpenFile> {
    await mkdir(join(this.folder, owner.uid), { recursive: true, mode: 0o700 });
    await this.forgetOld(owner.uid, at);
    const file = await goOn(path, headLine(owner.namespace));
    this.open.set(owner.uid, file);
    return file;
  }

  private async forgetOld(uid: string, now: number): Promise<void> {
    const [first, last] = [hourOf(now - historyKeptMs), hourOf(now)];
    for (const name of await readdir(join(this.folder, uid)).catch(() => [])) {
      const hour = Number(/^(\d+)\.jsonl$/.exec(name)?.[1]);
      // What is of a time that has not come is of a clock that was wrong.
      if (hour < first || hour > last) await rm(join(this.folder, uid, name), { force: true }).catch(this.tell);
    }
  }

  private pathOf(uid: string, hour: number): string {
    return join(this.folder, uid, `${hour}.jsonl`);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Once, and not with each of many writes that fail alike. */
  private readonly tell = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== this.trouble) this.log(`the history of environments: ${text}`);
    this.trouble = text;
  };
}

/** A file of an earlier run is gone on with after what may be the torn end of its last line. One without its first line begins anew. */
async function goOn(path: string, head: string): Promise<OpenFile> {
  const text = await textOf(path);
  if (text !== undefined) {
    let isOurs;
    try {
      isOurs = isHeadLine(text.slice(0, text.indexOf('\n') + 1), path);
    } catch {
      return { path, bytes: 0, isForeign: true };
    }
    if (isOurs) {
      if (!text.endsWith('\n')) await appendFile(path, '\n');
      return { path, bytes: Buffer.byteLength(text) + 1, isForeign: false };
    }
  }
  await writeFile(path, `${head}\n`, { mode: 0o600 });
  return { path, bytes: head.length + 1, isForeign: false };
}

async function linesOf(path: string): Promise<HistoryLine[]> {
  const [head = '', ...lines] = (await textOf(path))?.split('\n') ?? [];
  return isHeadLine(head, path) ? lines.flatMap((line) => parseHistoryLine(line) ?? []) : [];
}

/** undefined: there is none. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS);
}

/** It becomes the name of a folder. */
function isUid(uid: string): boolean {
  return /^[0-9a-f][0-9a-f-]{7,63}$/i.test(uid);
}
