/** Facts of one resource type, found by namespace and name. */
export class FactsByNamespace<F> {
  readonly #facts = new Map<string, Map<string, F>>();

  set(namespace: string, name: string, facts: F): void {
    let named = this.#facts.get(namespace);
    if (!named) this.#facts.set(namespace, (named = new Map<string, F>()));
    named.set(name, facts);
  }

  get(namespace: string, name: string): F | undefined {
    return this.#facts.get(namespace)?.get(name);
  }

  delete(namespace: string, name: string): void {
    const named = this.#facts.get(namespace);
    named?.delete(name);
    if (named?.size === 0) this.#facts.delete(namespace);
  }

  clear(): void {
    this.#facts.clear();
  }

  namespaces(): string[] {
    return [...this.#facts.keys()];
  }

  /** Sorted by name, so that the same facts always read the same. */
  of(namespace: string): F[] {
    const entries = [...(this.#facts.get(namespace) ?? [])];
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, facts]) => facts);
  }
}
