import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Where the number of a process says something. */
export interface ProcessPlace {
  /** What its machine is called. */
  readonly host: string;
  /** Linux' number of the namespace of processes: a container has one of its own. undefined: that of the system itself, or none is told */
  readonly processes?: string;
}

/** The kernel's number for the namespace of processes of the system itself (proc_ns.h); containers have others. */
const systemsOwn = '4026531836';

const ownSystem = process.platform === 'linux' ? 'linux' : process.platform === 'win32' ? 'windows' : 'other';

let boot: Promise<string> | undefined;

/** Which start of this machine it is, in Linux' words; empty where that cannot be read. */
export function bootId(): Promise<string> {
  return (boot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  ));
}

export async function ownPlace(): Promise<ProcessPlace> {
  // pid_namespaces(7): `pid:[NUMBER]`.
  const processes = await readlink('/proc/self/ns/pid').then(
    (text) => text.replaceAll(/\D/g, ''),
    () => systemsOwn,
  );
  return { host: hostname(), ...(processes === systemsOwn ? {} : { processes }) };
}

/**
 * Whether the number of a process is not of those that this one sees: a container's whose folder is the host's, or a machine's with the same
 * disk. Another start of the same machine is no such place: nothing of before lives.
 *
 * @param seen when the process of that number here started, as `processStart` tells it
 */
export async function isOtherPlace(
  { host, processes }: ProcessPlace,
  start: string,
  seen: string | undefined,
): Promise<boolean> {
  const own = await ownPlace();
  if (await hasSameKernel(start)) return processes !== own.processes;
  // Windows around WSL has its name, too, and a container may have that of the machine around it.
  if (systemOf(start) !== ownSystem) return true;
  // macOS calls a machine otherwise in another network: then it is told by the process itself.
  return host !== own.host && seen !== start;
}

/** Which system tells so when a process started, see `processStart`: Linux a boot and ticks, Windows a number, others a date. */
function systemOf(start: string): 'linux' | 'windows' | 'other' {
  if (/^[^\s:]+:\d+$/.test(start)) return 'linux';
  return /^\d+$/.test(start) ? 'windows' : 'other';
}

/**
 * Whether a process of another place is one of the same kernel, as a container's is: then the two have one clock, and what the one writes
 * the other sees at once.
 *
 * @param start when it started, as `processStart` tells it there
 */
export async function hasSameKernel(start: string): Promise<boolean> {
  return process.platform === 'linux' && start.split(':')[0] === (await bootId());
}

/** Words that follow "runs". */
export function placeText({ host }: ProcessPlace): string {
  return host === hostname() ? 'in a container' : `on ${host}`;
}

/** Where the number of a process says nothing, it writes its file's time anew that often. Milliseconds. */
export const saysEveryMs = 10_000;

/** So long after its last word one of another place is gone. Of clocks of two machines it allows for as much as NTP leaves. */
export const silentAfterMs = 90_000;
