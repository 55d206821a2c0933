import { readFile } from 'node:fs/promises';
import { readOwnRecord } from '@coppice/host/migrateRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { visitsRecord } from './stateRecords';

/** Whoever asks for them counts days: what the last minute had may be lost. */
const SAVE_AFTER_MS = 60_000;
/** As long as somebody goes on using something and nobody comes or leaves. */
const SAVE_OPEN_AFTER_MS = 15 * 60_000;

/** What is saved. */
interface Source {
  times(): ReadonlyMap<string, number>;
  isAnyOpen(): boolean;
}

/** Keeps on disk when each namespace was used last: with one small write a minute at most, and none while nobody uses any. */
export class VisitArchive {
  private timer: NodeJS.Timeout | undefined;
  private isDirty = false;
  private closed = false;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly source: Source,
    private readonly log: (message: string) => void,
  ) {}

  readonly changed = (): void => {
    if (this.isDirty || this.closed) return;
    this.isDirty = true;
    this.arm(SAVE_AFTER_MS);
  };

  /** Resolves when what there is now is on disk. Never rejects: what cannot be saved is tried again. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    if (this.isDirty || this.source.isAnyOpen()) await this.save();
    await this.saving;
  }

  private arm(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), ms);
    this.timer.unref();
  }

  private save(): Promise<void> {
    this.saving = this.saving.then(() => this.write());
    return this.saving;
  }

  private async write(): Promise<void> {
    this.isDirty = false;
    const lastUsed = Object.fromEntries(
      [...this.source.times()].map(([name, at]) => [name, new Date(at).toISOString()]),
    );
    try {
      await writeFileAtomically(this.file, JSON.stringify({ version: visitsRecord.version, lastUsed }));
    } catch (error) {
      this.log(`cannot save when environments were used: ${String(error)}`);
      this.changed();
    }
    if (!this.isDirty && !this.closed && this.source.isAnyOpen()) this.arm(SAVE_OPEN_AFTER_MS);
  }
}

/**
 * When each namespace was used last, as the last cluster saved it: milliseconds since the epoch. Of a file that somebody broke it is
 * none, and each counts from now.
 *
 * @throws when a newer Coppice wrote it: it would soon be written over
 */
export async function loadVisits(file: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const { lastUsed = {} } = readOwnRecord(visitsRecord, text, file) ?? {};
  return new Map(
    Object.entries(lastUsed).flatMap(([name, at]) => {
      const time = Date.parse(at);
      return Number.isNaN(time) ? [] : [[name, time] as const];
    }),
  );
}
