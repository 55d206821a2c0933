import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { posix } from 'node:path';
import { outputOf } from './outputOf';

/** In bytes. */
export interface Memory {
  /** What programs can still have without taking it from others. */
  readonly free: number;
  readonly total: number;
}

export interface MemoryOptions {
  readonly platform?: NodeJS.Platform;
  /** Where Linux tells of its memory and of this process. */
  readonly proc?: string;
  /** Where Linux has its control groups. */
  readonly cgroups?: string;
  /** What `sysctl -n` prints for names. May reject. */
  readonly sysctl?: (names: readonly string[]) => Promise<string>;
}

/**
 * How much memory programs that are started here can have. Undefined where the system does not tell. Never rejects.
 *
 * - Linux: what the kernel takes for available, and no more than what the limits of this process's control groups (version 2) leave.
 * - macOS: its own level of memory pressure. What it calls free leaves out all that it would give back at once.
 * - Windows: the physical memory that is available.
 */
export async function freeMemory(options: MemoryOptions = {}): Promise<Memory | undefined> {
  const { platform = process.platform } = options;
  try {
    if (platform === 'linux') return await linuxMemory(options);
    if (platform === 'darwin') return await macMemory(options);
    return platform === 'win32' ? { free: freemem(), total: totalmem() } : undefined;
  } catch {
    return undefined;
  }
}

async function linuxMemory({ proc = '/proc', cgroups = '/sys/fs/cgroup' }: MemoryOptions): Promise<Memory | undefined> {
  const text = await readFile(posix.join(proc, 'meminfo'), 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
  const machine = { free: kilobytes('MemAvailable'), total: kilobytes('MemTotal') };
  if (!Number.isFinite(machine.free) || !Number.isFinite(machine.total)) return undefined;
  const limits = await limitsOf(posix.join(proc, 'self', 'cgroup'), cgroups);
  return [machine, ...limits].reduce((least, one) => (one.free < least.free ? one : least));
}

/** Of the groups that this process is in, from the innermost to the outermost; within a container its own is the root of them. */
async function limitsOf(file: string, cgroups: string): Promise<Memory[]> {
  const own = /^0::(\/.*)$/m.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  const limits: Memory[] = [];
  for (let group = own; group !== undefined; group = group === '/' ? undefined : posix.dirname(group)) {
    const read = (name: string): Promise<string> =>
      readFile(posix.join(cgroups, group ?? '/', name), 'utf8').catch(() => '');
    const [most, high, current, stat] = await Promise.all(
      ['memory.max', 'memory.high', 'memory.current', 'memory.stat'].map(read),
    );
    // Where there is none it says "max".
    const total = Math.min(...[most, high].map((text) => Number.parseInt(text ?? '', 10)).filter(Number.isFinite));
    const used = Number.parseInt(current ?? '', 10);
    if (!Number.isFinite(total) || !Number.isFinite(used)) continue;
    const bytes = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat ?? '')?.[1] ?? 0);
    // What lies in memory of files that nobody has read lately is given back when it is wanted, and of what is in use about half, as
    // the kernel itself counts for MemAvailable (si_mem_available of Linux 6).
    const reclaimable = bytes('inactive_file') + (bytes('active_file') + bytes('slab_reclaimable')) / 2;
    limits.push({ free: Math.max(0, Math.min(total, total - used + reclaimable)), total });
  }
  return limits;
}

/** `kern.memorystatus_level`: per cent of the memory that is available, as `memory_pressure` prints it. */
async function macMemory({ sysctl = askSysctl }: MemoryOptions): Promise<Memory | undefined> {
  const text = await sysctl(['hw.memsize', 'kern.memorystatus_level']);
  const [, size, level] = /^(\d+)\s+(\d{1,3})\s*$/.exec(text) ?? [];
  return size === undefined || level === undefined
    ? undefined
    : { free: (Number(size) * Number(level)) / 100, total: Number(size) };
}

function askSysctl(names: readonly string[]): Promise<string> {
  return outputOf('/usr/sbin/sysctl', ['-n', ...names], { timeoutMs: 5000 });
}
