import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The wish that a server of this home runs: whoever keeps the server alive reads it there. It names no secret, and lies where only the
 * user can write, because it says what is started.
 */
export class WantedServer {
  readonly #file: string;

  constructor(private readonly home: string) {
    this.#file = join(home, 'databaseServer.json');
  }

  /** Without it a server that dies stays dead, which is no reason to do without it now. Never rejects. */
  async want(data: string, binaries: string | undefined): Promise<void> {
    try {
      await mkdir(this.home, { recursive: true, mode: 0o700 });
      await writeFile(this.#file, JSON.stringify({ data, ...(binaries ? { binaries } : {}) }), { mode: 0o600 });
    } catch {
      // Told by nobody: the disk is full or the folder is not ours, and other steps say so.
    }
  }

  /** Before it is stopped. @throws when that cannot be written: the server would come back */
  async unwant(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
