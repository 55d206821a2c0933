const SIZE = 1000;

/** Remembers the last values that were added, and forgets the oldest. */
export class RecentSet {
  private readonly values = new Set<string>();

  has(value: string): boolean {
    return this.values.has(value);
  }

  add(value: string): void {
    this.values.delete(value);
    this.values.add(value);
    const [oldest] = this.values;
    if (this.values.size > SIZE && oldest !== undefined) this.values.delete(oldest);
  }
}
