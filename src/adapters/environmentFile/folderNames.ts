import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** A name that is the same in every file system, but for its letters' case: no other form of it, and none that leads elsewhere. */
const plain = /^\w(?:[\w.-]*\w)?$/;
/** What such a name begins with, up to what stands for others. */
const begun = /^(\w[\w.-]*|)[*?[{]/;

/**
 * Which patterns may match anything, by the names in the folders that they lead through. What tools are known to read are many places, few
 * of which are there, and to look at each takes longer than to list a folder. Each folder is listed once: to be asked for one look at all.
 */
export class FolderNames {
  readonly #listed = new Map<string, Promise<readonly string[] | undefined>>();

  /** @param folder which patterns are relative to */
  constructor(private readonly folder: string) {}

  /** False: nothing can match. True says only that it is to be looked at. Never rejects. */
  async mayMatch(pattern: string): Promise<boolean> {
    let above = '';
    for (const segment of pattern.split('/')) {
      const name = segment.toLowerCase();
      const beginning = begun.exec(name)?.[1];
      if (beginning === undefined && !plain.test(name)) return true;
      const names = await this.#in(above);
      if (!names) return true;
      if (beginning !== undefined) return names.some((each) => each.startsWith(beginning));
      if (!names.includes(name)) return false;
      above = path.posix.join(above, segment);
    }
    return true;
  }

  /** In small letters; undefined: nobody can tell. */
  #in(above: string): Promise<readonly string[] | undefined> {
    const known = this.#listed.get(above);
    if (known) return known;
    const listing = readdir(path.join(this.folder, above)).then(
      (names) => names.map((name) => name.toLowerCase()),
      () => undefined,
    );
    this.#listed.set(above, listing);
    return listing;
  }
}
