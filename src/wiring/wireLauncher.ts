import type { Product } from '../app/product';
import { onCall } from './onCall';
import { once } from './once';
import type { Machine } from './wireMachine';

/** The program `coppice` of terminals, which starts this one's script. */
export function wireLauncher({ root, execPath, env }: Machine): Product['launcher'] {
  const launcher = once(async () => {
    const { HostLauncher } = await import('../adapters/exec/hostLauncher');
    return new HostLauncher({ root, execPath, env, isElectron: process.versions['electron'] !== undefined });
  });
  return onCall(launcher, { look: true, install: true, remove: true, refresh: true });
}
