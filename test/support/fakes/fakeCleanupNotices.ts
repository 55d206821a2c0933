import type { CleanupMemory, CleanupNotices } from '../../../src/core/ports/cleanupNotices';

/** In memory. */
export class FakeCleanupNotices implements CleanupNotices {
  readonly #byRepository = new Map<string, CleanupMemory>();

  async read(repositoryId: string): Promise<CleanupMemory> {
    return structuredClone(this.#byRepository.get(repositoryId) ?? { notices: [], usedAt: {} });
  }

  async write(repositoryId: string, memory: CleanupMemory): Promise<void> {
    this.#byRepository.set(repositoryId, structuredClone(memory));
  }
}
