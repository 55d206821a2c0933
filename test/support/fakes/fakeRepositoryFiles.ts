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

  async read(_folder: string, path: string): Promise<string | undefined> {
    return this.texts.get(path);
  }

  async write(_folder: string, path: string, text: string, replaces: boolean): Promise<void> {
    if (!replaces && this.texts.has(path))
      throw new AppError('conflict', `${path} is there already, and nothing was changed.`);
    this.texts.set(path, text);
  }
}
