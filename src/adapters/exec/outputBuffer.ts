/** Keeps a program's output up to a limit of bytes. */
export class OutputBuffer {
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    private readonly limit: number,
    private readonly onOverflow: 'fail' | 'keepEnd',
  ) {}

  /** @returns false when the limit is passed and that is a failure */
  add(chunk: Buffer): boolean {
    if (this.onOverflow === 'fail' && this.#size + chunk.length > this.limit) return false;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Twice the limit before anything is thrown away: else each small chunk would copy the whole.
    if (this.#size > 2 * this.limit) this.#trim();
    return true;
  }

  text(): string {
    if (this.#size > this.limit) this.#trim();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #trim(): void {
    const end = Buffer.concat(this.#chunks).subarray(-this.limit);
    this.#chunks = [Buffer.from(end)];
    this.#size = end.length;
  }
}
