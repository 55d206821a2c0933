import { windowsProgram } from '@coppice/host/windowsProgram';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { exec } from '../exec/exec';

/** What a running server says of itself in `postmaster.pid` (src/include/utils/pidfile.h of PostgreSQL). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** undefined when there is no server, or it has not written its port yet. */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const [pid, , , port] = lines;
  if (!Number(pid)) return undefined;
  return { pid: Math.abs(Number(pid)), port: Number(port ?? 0), status: lines[7] ?? '' };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}

/**
 * Whether the process is a server of this data folder. Once a server was killed, another process may get its number, and
 * PostgreSQL itself then refuses to start.
 */
export async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.split('\0').includes(dataFolder);
  }
  const isWindows = process.platform === 'win32';
  const result = await exec({
    file: isWindows ? windowsProgram('tasklist') : 'ps',
    argv: isWindows ? ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'] : ['-ww', '-o', 'args=', '-p', String(pid)],
    env: process.env,
    timeoutMs: 10_000,
    maxOutputBytes: 100_000,
  });
  return isWindows ? /"postgres\.exe"/i.test(result.stdout) : result.stdout.includes(dataFolder);
}

/**
 * Takes away the file of a dead server whose number a stranger has now. Where nobody has it, PostgreSQL itself sees that the
 * file is stale, and is better placed to: nobody else can start a server in between.
 *
 * @returns whether there was such a file
 */
export async function removeStalePostmaster(dataFolder: string): Promise<boolean> {
  const postmaster = await readPostmaster(dataFolder);
  if (!postmaster || !isAlive(postmaster.pid) || (await isServerOf(postmaster.pid, dataFolder))) return false;
  // Only the file that was looked at: a server may have started in the meantime.
  const now = await readPostmaster(dataFolder);
  if (now?.pid !== postmaster.pid || now.port !== postmaster.port) return false;
  await rm(path.join(dataFolder, 'postmaster.pid'), { force: true });
  return true;
}
