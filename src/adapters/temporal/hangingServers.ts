/** As long as one that hangs is not asked again. */
const hangsMs = 30_000;

/** Which servers hang: several things are asked in one delete, and each would wait for it anew. */
export class HangingServers {
  readonly #until = new Map<string, number>();

  note(address: string): void {
    this.#until.set(address, performance.now() + hangsMs);
  }

  isKnown(address: string): boolean {
    return (this.#until.get(address) ?? 0) > performance.now();
  }
}

/** What is said of one. */
export function hangs(address: string): string {
  return `Temporal takes connections at ${address} and answers nothing`;
}
