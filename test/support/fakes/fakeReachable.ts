import type { FileAccess, Reachable } from '../../../src/core/ports/reachable';

/** Files with what may be done with them, and ports at which somebody takes connections. */
export class FakeReachable implements Reachable {
  readonly asked: string[] = [];

  constructor(
    private readonly files: Readonly<Record<string, FileAccess>>,
    private readonly ports: readonly string[],
  ) {}

  async file(path: string): Promise<FileAccess | undefined> {
    return this.files[path];
  }

  async listens(host: string, port: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    this.asked.push(`${host}:${port}`);
    return this.ports.includes(`${host}:${port}`);
  }
}
