import { writeFileSync } from 'node:fs';

/** Why a cluster ended that nobody had asked to. */
export interface RecordedEnd {
  /** ISO 8601. */
  at: string;
  pid: number;
  /** Completes "It was ended: ". */
  reason: string;
}

/** At once, because the writer may be about to end. Never throws. */
export function writeLastEnd(file: string, end: RecordedEnd): void {
  try {
    writeFileSync(file, JSON.stringify(end), { mode: 0o600 });
  } catch {
    // It stays in the log.
  }
}
