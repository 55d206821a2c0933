import type { KeptTexts } from '../../core/ports/keptTexts';
import { keepCommandLog } from './commandLog';

/** In a folder that nobody but the user reads: what programs print may be secret. */
export class FileKeptTexts implements KeptTexts {
  readonly #folder: string;

  /** @param folder made when it is first needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  keep(name: string, lines: readonly string[]): Promise<string | undefined> {
    return keepCommandLog(this.#folder, name, lines);
  }
}
