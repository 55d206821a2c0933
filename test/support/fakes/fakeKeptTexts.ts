import type { KeptTexts } from '../../../src/core/ports/keptTexts';

/** In memory; the newest 20. */
export class FakeKeptTexts implements KeptTexts {
  readonly texts = new Map<string, string>();
  #count = 0;

  async keep(name: string, lines: readonly string[]): Promise<string | undefined> {
    const file = `/home/logs/told/${this.#count++}-${name.replace(/[^\w.-]/g, '_')}.log`;
    this.texts.set(file, lines.map((line) => `${line}\n`).join(''));
    for (const old of [...this.texts.keys()].slice(0, -20)) this.texts.delete(old);
    return file;
  }
}
