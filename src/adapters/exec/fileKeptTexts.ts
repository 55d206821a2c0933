import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptTexts } from '../../core/ports/keptTexts';

const keptMs = 24 * 60 * 60_000;
const maxBytes = 64 * 1024 * 1024;

/** In folders that nobody but the user reads, one for each worktree: what programs print may be secret. */
export class FileKeptTexts implements KeptTexts {
  readonly #folder: string;
  readonly #maxBytes: number;
  #count = 0;

  /**
   * @param folder made when it is first needed
   * @param most bytes of one worktree
   */
  constructor(folder: string, most = maxBytes) {
    this.#folder = folder;
    this.#maxBytes = most;
  }

  async keep(worktree: string, name: string, lines: readonly string[]): Promise<string | undefined> {
    const own = createHash('sha256').update(worktree).digest('hex').slice(0, 16);
    const at = new Date().toISOString().replace(/[:.]/g, '-');
    const known = name.replace(/[^\w.-]/g, '_').slice(0, 60);
    const file = join(this.#folder, own, `${at}-${process.pid}-${this.#count++}-${known}.log`);
    try {
      await mkdir(join(this.#folder, own), { recursive: true, mode: 0o700 });
      await writeFile(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    } catch {
      return undefined;
    }
    await this.#sweep(file).catch(() => undefined);
    return file;
  }

  /** Removes what is old, whosever it is: a worktree that is gone keeps nothing again. */
  async #sweep(justKept: string): Promise<void> {
    const oldest = Date.now() - keptMs;
    for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
      if (!entry.isDirectory() || !/^[0-9a-f]{16}$/.test(entry.name)) continue;
      const folder = join(this.#folder, entry.name);
      let bytes = 0;
      // The newest first.
      for (const name of (await readdir(folder))
        .filter((each) => /^\d{4}-.*\.log$/.test(each))
        .sort()
        .reverse()) {
        const file = join(folder, name);
        const found = await stat(file).catch(() => undefined);
        bytes += found?.size ?? 0;
        if (found && file !== justKept && (found.mtimeMs < oldest || bytes > this.#maxBytes))
          await rm(file, { force: true });
      }
      // Only one with nothing in it is removed so. A young one may have just been made for what is about to be written.
      if ((await stat(folder)).mtimeMs < oldest) await rmdir(folder).catch(() => undefined);
    }
  }
}
