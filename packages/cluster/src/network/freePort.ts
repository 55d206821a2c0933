import { isPortFree } from '@coppice/host/isPortFree';

// Below every system's range for outgoing connections, so that none of those takes a port between our look and its use, and below
// Kubernetes' node ports.
const FIRST = 20_000;
const LAST = 29_999;

/** Gives out ports of this machine that nothing uses, none twice. */
export class FreePorts {
  private readonly reserved = new Set<number>();
  private next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

  /** Rejects when all are taken. */
  async take(): Promise<number> {
    for (let tries = 0; tries <= LAST - FIRST; tries++) {
      const port = this.next;
      this.next = port >= LAST ? FIRST : port + 1;
      if (this.reserved.has(port)) continue;
      this.reserved.add(port);
      if (await isPortFree(port)) return port;
      this.reserved.delete(port);
    }
    throw new Error(`no free port between ${FIRST} and ${LAST}`);
  }

  /** Takes this very port if it can be had. */
  async takeThis(port: number): Promise<boolean> {
    if (this.reserved.has(port)) return false;
    this.reserved.add(port);
    if (await isPortFree(port)) return true;
    this.reserved.delete(port);
    return false;
  }

  release(port: number): void {
    this.reserved.delete(port);
  }
}
