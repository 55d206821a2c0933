import { open, type FileHandle } from 'node:fs/promises';
import type { ContainerLog } from './containerLog';
import { parseLogLine, type LogLine } from './logLine';

const CHUNK = 64 * 1024;

export interface ReadOptions {
  /** Only the last lines of what is there. */
  tailLines?: number | undefined;
  /** Only lines of this time or later, in the form of `logTimeOf`. */
  since?: string | undefined;
  /** Wait for more until the log ends. */
  follow?: boolean;
}

/**
 * The lines of a log, oldest first. Ends when the log does, or without an error when the signal aborts.
 * A reader holds the file open: that it is rotated meanwhile loses no line.
 */
export async function* readLog(log: ContainerLog, options: ReadOptions, signal: AbortSignal): AsyncGenerator<LogLine> {
  await log.flush();
  const wake = new Wake(log, signal);
  let handle: FileHandle | undefined;
  try {
    handle = await openIfThere(log.file);
    let position = 0;
    if (options.tailLines === undefined) {
      yield* readWhole(`${log.file}.1`, options.since);
    } else if (handle) {
      const found = await lastLines(handle, options.tailLines);
      position = found.position;
      if (found.missing > 0) yield* readTail(`${log.file}.1`, found.missing, options.since);
    }
    for (;;) {
      // Looked at before reading: what happens while we read is then not missed.
      const ended = log.ended || !options.follow;
      const rotations = wake.takeRotations();
      handle ??= await openIfThere(log.file);
      if (handle) {
        for await (const { line, end } of linesFrom(handle, position)) {
          position = end;
          if (signal.aborted) return;
          if (options.since === undefined || line.time >= options.since) yield line;
        }
      }
      if (rotations > 0) {
        await handle?.close();
        handle = undefined;
        position = 0;
        continue;
      }
      if (ended || signal.aborted) return;
      await wake.next();
    }
  } finally {
    wake.dispose();
    await handle?.close();
  }
}

/** Remembers that the log has news, so that none is lost between two reads. */
class Wake {
  private rotations = 0;
  private pending = false;
  private resume: (() => void) | undefined;
  private readonly onNews = (): void => {
    this.pending = true;
    this.resume?.();
  };
  private readonly onRotated = (): void => {
    this.rotations++;
    this.onNews();
  };

  constructor(
    private readonly log: ContainerLog,
    private readonly signal: AbortSignal,
  ) {
    log.on('written', this.onNews);
    log.on('rotated', this.onRotated);
    log.on('ended', this.onNews);
    signal.addEventListener('abort', this.onNews);
  }

  takeRotations(): number {
    const rotations = this.rotations;
    this.rotations = 0;
    this.pending = false;
    return rotations;
  }

  async next(): Promise<void> {
    if (!this.pending && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.resume = resolve;
      });
    }
    this.resume = undefined;
  }

  dispose(): void {
    this.log.off('written', this.onNews);
    this.log.off('rotated', this.onRotated);
    this.log.off('ended', this.onNews);
    this.signal.removeEventListener('abort', this.onNews);
  }
}

async function* readWhole(file: string, since: string | undefined): AsyncGenerator<LogLine> {
  const handle = await openIfThere(file);
  if (!handle) return;
  try {
    for await (const { line } of linesFrom(handle, 0)) if (since === undefined || line.time >= since) yield line;
  } finally {
    await handle.close();
  }
}

async function* readTail(file: string, lines: number, since: string | undefined): AsyncGenerator<LogLine> {
  const handle = await openIfThere(file);
  if (!handle) return;
  try {
    const { position } = await lastLines(handle, lines);
    for await (const { line } of linesFrom(handle, position)) if (since === undefined || line.time >= since) yield line;
  } finally {
    await handle.close();
  }
}

/** The lines that are complete in the file; `end` is the position behind each. */
async function* linesFrom(handle: FileHandle, from: number): AsyncGenerator<{ line: LogLine; end: number }> {
  const buffer = Buffer.alloc(CHUNK);
  let rest: Buffer = Buffer.alloc(0);
  let position = from;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, position + rest.length);
    if (bytesRead === 0) return;
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = data.indexOf(0x0a); end >= 0; end = data.indexOf(0x0a, start)) {
      const line = parseLogLine(data.subarray(start, end));
      start = end + 1;
      if (line) yield { line, end: position + start };
    }
    position += start;
    rest = data.subarray(start);
  }
}

/** Where the last lines begin, read from the end backwards; `missing` says how many the file does not have. */
async function lastLines(handle: FileHandle, lines: number): Promise<{ position: number; missing: number }> {
  const { size } = await handle.stat();
  if (lines <= 0) return { position: size, missing: 0 };
  let found = 0;
  const buffer = Buffer.alloc(CHUNK);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK);
    const { bytesRead } = await handle.read(buffer, 0, end - start, start);
    for (let i = bytesRead - 1; i >= 0; i--) {
      if (buffer[i] !== 0x0a || start + i === size - 1) continue;
      if (++found === lines) return { position: start + i + 1, missing: 0 };
    }
    end = start;
  }
  return { position: 0, missing: size === 0 ? lines : lines - found - 1 };
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch {
    return undefined;
  }
}
