import type { Approvals, Approved } from '../../../src/core/ports/approvals';

/** In memory; a world whose test is about something else approves all. */
export class FakeApprovals implements Approvals {
  approvesAll = false;
  readonly #byRepository = new Map<string, Map<string, Approved>>();

  async unapproved(repositoryId: string, digests: readonly string[]): Promise<ReadonlySet<string>> {
    if (this.approvesAll) return new Set();
    return new Set(digests.filter((digest) => !this.#byRepository.get(repositoryId)?.has(digest)));
  }

  async add(repositoryId: string, approved: readonly Approved[]): Promise<void> {
    const known = this.#byRepository.get(repositoryId) ?? new Map<string, Approved>();
    for (const one of approved) known.set(one.digest, one);
    this.#byRepository.set(repositoryId, known);
  }

  /** The commands that were approved, sorted. */
  get commands(): string[] {
    return [...this.#byRepository.values()]
      .flatMap((known) => [...known.values()].map(({ command }) => command))
      .sort();
  }
}
