import { access, constants, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { FileAccess, Reachable } from '../../core/ports/reachable';

const patienceMs = 2_000;

export class HostReachable implements Reachable {
  async file(path: string): Promise<FileAccess | undefined> {
    const found = await stat(path).catch(() => undefined);
    if (!found) return undefined;
    const may = (mode: number): Promise<boolean> =>
      access(path, mode).then(
        () => true,
        () => false,
      );
    const [reads, writes] = await Promise.all([may(constants.R_OK), may(constants.W_OK)]);
    return { reads, writes, isSocket: found.isSocket() };
  }

  async listens(host: string, port: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, timeout: patienceMs });
      const end = (finish: () => void): void => {
        signal.removeEventListener('abort', stop);
        socket.destroy();
        finish();
      };
      const stop = (): void => end(() => reject(signal.reason as Error));
      signal.addEventListener('abort', stop, { once: true });
      socket.once('connect', () => end(() => resolve(true)));
      socket.once('timeout', () => end(() => resolve(false)));
      socket.once('error', () => end(() => resolve(false)));
    });
  }
}
