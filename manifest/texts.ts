/**
 * What a person reads in the manifest, for package.nls.json: VS Code puts the text of the person's language in place of
 * `%key%`, from package.nls.<language>.json where there is one.
 */
export class Texts {
  readonly #byKey = new Map<string, string>();

  /** @returns what stands in package.json instead of the text. @throws Error: two texts of one key */
  take(key: string, text: string): string {
    if (this.#byKey.has(key)) throw new Error(`Two rows are called ${key}.`);
    this.#byKey.set(key, text);
    return `%${key}%`;
  }

  toJson(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#byKey);
  }
}
