import { appendFileSync, renameSync, statSync } from 'node:fs';

const ROTATE_BYTES = 1024 * 1024;

/**
 * The cluster's own log. It is written at once, so that the last words before a crash are in it; there is little to say, so that
 * this costs nothing. Never throws: a full disk must not end the cluster.
 */
export class ClusterLog {
  constructor(private readonly file: string) {
    try {
      if (statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
    } catch {
      // There is no log yet.
    }
  }

  readonly write = (message: string): void => {
    try {
      appendFileSync(this.file, `${new Date().toISOString()} ${process.pid} ${message}\n`, { mode: 0o600 });
    } catch {
      // Nobody is left to tell.
    }
  };
}
