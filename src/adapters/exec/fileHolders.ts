import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import type { FolderProgram } from '../../core/ports/folderPrograms';
import { exec } from './exec';
import { parseLsof } from './hostFolderPrograms';

/**
 * Programs of this user that have a file open. Windows takes no file away that one has open, and is asked nothing.
 *
 * @param path absolute
 * @returns undefined: it cannot be told
 */
export async function fileHolders(path: string): Promise<readonly FolderProgram[] | undefined> {
  const file = await realpath(path).catch(() => path);
  if (process.platform === 'linux') return byProc(file);
  if (process.platform === 'darwin') return byLsof(file);
  return process.platform === 'win32' ? [] : undefined;
}

async function byProc(file: string): Promise<FolderProgram[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found: FolderProgram[] = [];
  for (const pid of pids) {
    // Gone, or another user's.
    const numbers = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const open = await Promise.all(numbers.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => undefined)));
    if (!open.includes(file)) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    found.push({ pid: Number(pid), name: name.trim() });
  }
  return found;
}

async function byLsof(file: string): Promise<FolderProgram[] | undefined> {
  const argv = ['-w', '-n', '-P', '-F', 'pcn', '--', file, process.execPath];
  const env = { PATH: '/usr/sbin:/usr/bin:/bin' };
  const limits = { maxOutputBytes: 20_000_000, timeoutMs: 20_000 };
  try {
    const { stdout } = await exec({ file: '/usr/sbin/lsof', argv, cwd: '/', env, ...limits });
    const all = parseLsof(stdout);
    // Whatever its exit code means: an answer without this program, which is open as itself, is none.
    if (!all.some(({ pid }) => pid === process.pid)) return undefined;
    return all.filter(({ pid, folder: at }) => at === file && pid !== process.pid);
  } catch {
    return undefined;
  }
}
