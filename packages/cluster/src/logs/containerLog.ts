import { EventEmitter } from 'node:events';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { formatLogLine } from './logLine';

const ROTATE_BYTES = 10 * 1024 * 1024;
const LONGEST_LINE = 16 * 1024;
const PAUSE_BYTES = 1024 * 1024;

interface Events {
  /** More is in the file. */
  written: [];
  /** The file was renamed to `<file>.1` and a new one begun. */
  rotated: [];
  ended: [];
}

/**
 * The output of one run of a container, written line by line. Readers follow the file and wake on its events.
 * A process that writes faster than the disk takes it is slowed down, not buffered without end.
 */
export class ContainerLog extends EventEmitter<Events> {
  private readonly pending: Buffer[] = [];
  private readonly sources = new Set<Readable>();
  private pendingBytes = 0;
  private size = 0;
  private handle: FileHandle | undefined;
  private writing: Promise<void> | undefined;
  private closed = false;

  constructor(
    readonly file: string,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
    this.setMaxListeners(0);
  }

  /** Whether nothing more will be written. */
  get ended(): boolean {
    return this.closed;
  }

  attach(stream: 'stdout' | 'stderr', source: Readable): void {
    let rest: Buffer = Buffer.alloc(0);
    this.sources.add(source);
    source.on('data', (chunk: Buffer) => {
      rest = this.takeLines(stream, rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk);
      if (this.pendingBytes > PAUSE_BYTES) for (const each of this.sources) each.pause();
    });
    source.once('close', () => {
      if (rest.length > 0) this.add(formatLogLine(stream, false, rest));
      this.sources.delete(source);
    });
    source.on('error', () => undefined);
  }

  /** Resolves when all that was written is in the file. Never rejects. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
  }

  /** Nothing is written after this. Never rejects. */
  async end(): Promise<void> {
    if (this.closed) return;
    await this.flush();
    this.closed = true;
    await this.handle?.close().catch(this.onError);
    this.handle = undefined;
    this.emit('ended');
  }

  private takeLines(stream: 'stdout' | 'stderr', data: Buffer): Buffer {
    let start = 0;
    for (;;) {
      const end = data.indexOf(0x0a, start);
      const length = (end < 0 ? data.length : end) - start;
      if (length > LONGEST_LINE) {
        this.add(formatLogLine(stream, false, data.subarray(start, start + LONGEST_LINE)));
        start += LONGEST_LINE;
        continue;
      }
      if (end < 0) return Buffer.from(data.subarray(start));
      this.add(formatLogLine(stream, true, data.subarray(start, end)));
      start = end + 1;
    }
  }

  private add(line: Buffer): void {
    if (this.closed) return;
    this.pending.push(line);
    this.pendingBytes += line.length;
    this.writing ??= this.write()
      .catch(this.onError)
      .finally(() => {
        this.writing = undefined;
      });
  }

  private async write(): Promise<void> {
    while (this.pending.length > 0) {
      const lines = Buffer.concat(this.pending.splice(0));
      this.pendingBytes = 0;
      this.handle ??= await open(this.file, 'a', 0o600);
      await this.handle.appendFile(lines);
      this.size += lines.length;
      this.emit('written');
      if (this.size > ROTATE_BYTES) await this.rotate();
      for (const source of this.sources) if (source.isPaused()) source.resume();
    }
  }

  private async rotate(): Promise<void> {
    await this.handle?.close();
    await rm(`${this.file}.1`, { force: true });
    await rename(this.file, `${this.file}.1`);
    this.handle = await open(this.file, 'a', 0o600);
    this.size = 0;
    this.emit('rotated');
  }
}
