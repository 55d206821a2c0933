import { isLoopback } from '@coppice/host/isLoopback';
import { isThisMachine } from '@coppice/host/isThisMachine';

/** Whether an address leads a pod of a real cluster to the pod itself. @param host as in a URL, or IPv6 without brackets */
export function leadsPodToItself(host: string): boolean {
  return isLoopback(host) || isThisMachine(host);
}
