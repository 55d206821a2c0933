import { statfs } from 'node:fs/promises';
import { exec } from '../exec/exec';

/** What Linux says of a Btrfs. */
const btrfs = 0x9123683e;
const longestMs = 10 * 60_000;

/**
 * Runs work that waits for many files of a folder, one after the other, until each is on the disk, as a copy of a database does. On Btrfs
 * each costs a commit of its own, a millisecond and more; what was committed together with all else of its file system is not written
 * once more. So that is done again and again meanwhile, which makes nothing less safe. Elsewhere it would only be in the way: XFS asks
 * the disk for each file all the same.
 */
export async function hastened<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const working = work();
  // That it fails is told by who waits for it below.
  working.catch(() => undefined);
  const isDue = await statfs(folder).then(
    ({ type }) => type === btrfs && process.platform === 'linux',
    () => false,
  );
  if (!isDue) return working;
  const over = new AbortController();
  // Whoever is killed meanwhile leaves nothing that goes on. POSIX knows whole seconds alone.
  const argv = ['-c', 'while kill -0 "$PPID" && sync -f "$1"; do sleep 0.01 || sleep 1; done', 'sh', folder];
  const request = { file: '/bin/sh', argv, cwd: '/', env: { PATH: '/usr/bin:/bin' } };
  // Where it cannot be done the work takes its time.
  void exec({ ...request, timeoutMs: longestMs, maxOutputBytes: 10_000, onOverflow: 'keepEnd' }, over.signal).catch(
    () => undefined,
  );
  try {
    return await working;
  } finally {
    over.abort();
  }
}
