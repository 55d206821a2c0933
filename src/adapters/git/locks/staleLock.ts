import { readdir, readFile } from 'node:fs/promises';
import { lockOwner, type LockOwner } from '../../../core/clusters/lockOwner';
import { exec } from '../../exec/exec';

/** Whether a worktree is locked by a process that has ended: nobody else will ever unlock it. In doubt it has not. */
export async function isStaleLock(reason: string | undefined): Promise<boolean> {
  const owner = reason === undefined ? undefined : lockOwner(reason);
  return owner !== undefined && isOfHere(owner) && (await isGone(owner)) && !(await runsInContainer(owner));
}

/** Linux has a number where macOS has a date: of a container's process its host on macOS knows nothing, nor it of the host's. */
function isOfHere({ start }: LockOwner): boolean {
  if (start === undefined || (process.platform !== 'linux' && process.platform !== 'darwin')) return true;
  return /^\d+$/.test(start) === (process.platform === 'linux');
}

async function isGone(owner: LockOwner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  // The number may be another process's by now.
  if (owner.start === undefined) return false;
  const start = await startOf(owner.pid);
  return start !== undefined && start !== owner.start;
}

/** A container has numbers of its own, and its worktree may be this one: the system knows each of its processes by both. */
async function runsInContainer({ pid, start }: LockOwner): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const { numbers, starts } = await containedProcesses();
  return start === undefined ? numbers.has(pid) : starts.has(`${pid} ${start}`);
}

interface Contained {
  readonly numbers: ReadonlySet<number>;
  /** With when it started. */
  readonly starts: ReadonlySet<string>;
}

/** A list of many worktrees asks for each that is locked. */
const lookMs = 1000;
let looked: { readonly at: number; readonly found: Promise<Contained> } | undefined;

function containedProcesses(): Promise<Contained> {
  const at = performance.now();
  if (!looked || at - looked.at > lookMs) looked = { at, found: readContained() };
  return looked.found;
}

/** proc(5): `NSpid` of /proc/<pid>/status is its number here and in each namespace within, the innermost last. */
async function readContained(): Promise<Contained> {
  const numbers = new Set<number>();
  const starts = new Set<string>();
  for (const name of await readdir('/proc').catch(() => [])) {
    const status = /^\d+$/.test(name) ? await readFile(`/proc/${name}/status`, 'utf8').catch(() => '') : '';
    const inner = /^NSpid:\s*\d+\s+(.*\d)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    if (inner.length === 0) continue;
    const start = await startOf(Number(name));
    for (const number of inner) {
      numbers.add(Number(number));
      starts.add(`${number} ${start}`);
    }
  }
  return { numbers, starts };
}

/** In the words that Claude Code writes; undefined: it cannot be read here. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The second field, the name, may hold spaces and parentheses: count from its end.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? 'ended' : fields[19];
    }
    if (process.platform !== 'darwin') return undefined;
    const { stdout, exitCode } = await exec({
      file: '/bin/ps',
      argv: ['-o', 'lstart=', '-p', String(pid)],
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      timeoutMs: 5000,
      maxOutputBytes: 1000,
    });
    return exitCode === 0 ? stdout.trim() || undefined : undefined;
  } catch {
    return undefined;
  }
}
