import { createServer } from 'node:net';

// Below every system's range for outgoing connections, so that none of those takes a port between our look and its use, and below
// Kubernetes' node ports.
const FIRST = 20_000;
const LAST = 29_999;

/** Whether nothing listens on the port of either loopback address. Never rejects. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

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

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      // A machine without IPv6 has nobody listening there.
      const code = 'code' in error ? error.code : undefined;
      resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT');
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
