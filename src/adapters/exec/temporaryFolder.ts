import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Processes of another container may share the folder, and their numbers say nothing here. */
const abandonedMs = 60_000;

/**
 * A folder that only this user may read, for files of one command; whoever calls removes it. What processes of the past left,
 * because nothing lets them clean up after a SIGKILL, goes first.
 *
 * @param kind one word, which tells such folders from others
 */
export async function temporaryFolder(kind: string, parent = tmpdir()): Promise<string> {
  await sweep(kind, parent);
  return mkdtemp(join(parent, `coppice-${kind}-${process.pid}-`));
}

async function sweep(kind: string, parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = name.startsWith(`coppice-${kind}-`) ? /-(\d+)-\w+$/.exec(name)?.[1] : undefined;
    if (pid === undefined || isThere(Number(pid))) continue;
    const path = join(parent, name);
    const entry = await lstat(path).catch(() => undefined);
    const isOwn = entry?.isDirectory() === true && (process.getuid === undefined || entry.uid === process.getuid());
    if (!isOwn || Date.now() - entry.mtimeMs < abandonedMs) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
