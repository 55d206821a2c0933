import type { KeptTexts } from '../../../src/core/ports/keptTexts';

/** In memory; for a day, and so many bytes of each worktree. */
export class FakeKeptTexts implements KeptTexts {
  readonly texts = new Map<string, string>();
  readonly #of = new Map<string, { readonly worktree: string; at: number }>();
  readonly #maxBytes: number;
  #count = 0;

  constructor(maxBytes = 64 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  async keep(worktree: string, name: string, lines: readonly string[]): Promise<string | undefined> {
    const file = `/home/logs/told/${this.#count++}-${name.replace(/[^\w.-]/g, '_')}.log`;
    this.texts.set(file, lines.map((line) => `${line}\n`).join(''));
    this.#of.set(file, { worktree, at: Date.now() });
    const bytes = new Map<string, number>();
    for (const [each, of] of [...this.#of].reverse()) {
      const sum = (bytes.get(of.worktree) ?? 0) + Buffer.byteLength(this.texts.get(each) ?? '');
      bytes.set(of.worktree, sum);
      if (each === file || (of.at >= Date.now() - 24 * 60 * 60_000 && sum <= this.#maxBytes)) continue;
      this.texts.delete(each);
      this.#of.delete(each);
    }
    return file;
  }

  /** As if it had been kept at another time. */
  setTime(file: string, at: number): void {
    const known = this.#of.get(file);
    if (known) known.at = at;
  }
}
