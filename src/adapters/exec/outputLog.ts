import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Outputs of so many commands are kept. */
const keptFiles = 100;
/** A program that never stops printing must not fill the disk. */
const maxBytes = 50 * 1024 * 1024;

/** The whole output of one command in a file, line by line as it comes. Never throws: a full disk must not hide how it ended. */
export class OutputLog {
  readonly #path: string;
  readonly #stream: WriteStream;
  #bytes = 0;
  #isBroken = false;
  #closed: Promise<string | undefined> | undefined;

  private constructor(file: string, stream: WriteStream) {
    this.#path = file;
    this.#stream = stream;
    stream.on('error', () => (this.#isBroken = true));
  }

  /**
   * Begins with the command, and forgets the oldest logs.
   *
   * @param folder made when it is not there
   * @param name tells it from others
   * @returns undefined where none can be written
   */
  static async open(folder: string, name: string, argv: readonly string[]): Promise<OutputLog | undefined> {
    const at = new Date().toISOString().replace(/[:.]/g, '-');
    const file = path.join(folder, `${at}-${process.pid}-${name.replace(/[^\w.-]/g, '_').slice(0, 80)}.log`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const files = (await readdir(folder)).filter((each) => /^\d{4}-.*\.log$/.test(each)).sort();
      for (const old of files.slice(0, Math.max(0, files.length - keptFiles + 1)))
        await rm(path.join(folder, old), { force: true });
      const handle = await open(file, 'wx', 0o600);
      const log = new OutputLog(file, createWriteStream(file, { fd: handle }));
      log.add(`$ ${argv.join(' ')}`);
      return log;
    } catch {
      return undefined;
    }
  }

  add(line: string): void {
    if (this.#bytes > maxBytes || this.#closed) return;
    this.#bytes += line.length + 1;
    this.#stream.write(this.#bytes > maxBytes ? '… and more, which was too much to keep\n' : `${line}\n`);
  }

  /** @param how it ended @returns the file; undefined: it could not be written */
  close(how: string): Promise<string | undefined> {
    this.#closed ??= new Promise((resolve) => {
      const done = (): void => resolve(this.#isBroken ? undefined : this.#path);
      this.#stream.once('close', done);
      if (this.#stream.destroyed) done();
      else this.#stream.end(`[${how}]\n`);
    });
    return this.#closed;
  }
}
