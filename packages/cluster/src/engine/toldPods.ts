import { shareUnchanged } from './shareUnchanged';

/** What is asked of the engine's store; `getByKey` answers with a copy. */
export interface CopyingStore {
  listKeys(): string[];
  getByKey(key: string): [object: object | undefined, exists: boolean, error: Error | undefined];
}

/**
 * All pods as they are told, for whom compares them with what was told before: what has not changed since is the same object, in which a
 * comparison ends at once, and is not copied again.
 */
export class ToldPods {
  readonly #store: CopyingStore;
  readonly #changed = new Set<string>();
  #told = new Map<string, object>();

  constructor(store: CopyingStore) {
    this.#store = store;
  }

  /** @param key as the store has it; undefined: nothing of what was told may be as it was */
  changed(key: string | undefined): void {
    if (key === undefined) this.#told = new Map();
    else this.#changed.add(key);
  }

  list(): object[] {
    const told = new Map<string, object>();
    for (const key of this.#store.listKeys()) {
      const before = this.#told.get(key);
      const pod = before && !this.#changed.has(key) ? before : this.#store.getByKey(key)[0];
      if (pod) told.set(key, pod === before ? pod : shareUnchanged(before, pod));
    }
    this.#changed.clear();
    this.#told = told;
    return [...told.values()];
  }
}
