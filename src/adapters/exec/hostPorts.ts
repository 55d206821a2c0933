import { isPortFree } from '@coppice/host/isPortFree';
import type { Ports } from '../../core/ports/host';

/** Ports of this machine's loopback addresses. */
export class HostPorts implements Ports {
  /** Low ones are asked about for Docker's service. Never rejects. */
  isFree(port: number): Promise<boolean> {
    return isPortFree(port, { forOthers: true });
  }
}
