import { lookup } from 'node:dns/promises';
import type { HostNames } from '../../core/ports/host';

const timeoutMs = 2000;

/** Names as this machine's own resolver finds them: what every program but a browser asks. */
export class HostResolver implements HostNames {
  async resolves(host: string): Promise<boolean> {
    const found = lookup(host).then(
      () => true,
      () => false,
    );
    let timer: NodeJS.Timeout | undefined;
    // Whoever does not hear of it in time says nothing rather than something wrong.
    const patience = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), timeoutMs);
    });
    return Promise.race([found, patience]).finally(() => clearTimeout(timer));
  }
}
