import { AppError } from '../../../src/core/errors';
import type { ListedFiles, RepositoryFiles } from '../../../src/core/ports/repositoryFiles';

/** A repository in memory. */
export class FakeRepositoryFiles implements RepositoryFiles {
  readonly texts: Map<string, string>;
  readonly #ignored: ReadonlySet<string>;
  readonly #untracked: ReadonlySet<string>;

  /**
   * @param ignored files that are there, and that git is told not to have
   * @param untracked those that it does not have, and would
   */
  constructor(
    texts: Readonly<Record<string, string>>,
    ignored: readonly string[] = [],
    untracked: readonly string[] = [],
  ) {
    this.texts = new Map(Object.entries(texts));
    this.#ignored = new Set(ignored);
    this.#untracked = new Set(untracked);
  }

  async list(): Promise<ListedFiles> {
    const all = [...this.texts.keys()].filter((path) => !this.#ignored.has(path)).sort();
    const isUntracked = (path: string): boolean => this.#untracked.has(path);
    return { tracked: all.filter((path) => !isUntracked(path)), untracked: all.filter(isUntracked) };
  }

  /** Of gitignore's rules a name alone, with a `*` at its end, and one after a slash. */
  async ignored(_folder: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
    const lines = (this.texts.get('.gitignore') ?? '')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const isIgnored = (path: string): boolean =>
      this.#ignored.has(path) ||
      lines.some((line) => {
        const name = line.startsWith('/') ? path : path.slice(path.lastIndexOf('/') + 1);
        const said = line.replace(/^\//, '');
        return said.endsWith('*') ? name.startsWith(said.slice(0, -1)) : name === said;
      });
    return new Set(paths.filter((path) => isIgnored(path) && (!this.texts.has(path) || this.#ignored.has(path))));
  }

  async read(_folder: string, path: string): Promise<string | undefined> {
    return this.texts.get(path);
  }

  async write(_folder: string, path: string, text: string, replaces: boolean): Promise<void> {
    if (!replaces && this.texts.has(path))
      throw new AppError('conflict', `${path} is there already, and nothing was changed.`);
    this.texts.set(path, text);
  }
}
