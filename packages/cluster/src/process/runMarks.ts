import { execFile } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';

/** The environment variable that marks every process of a cluster, children included. */
export const MARK = 'COPPICE_CLUSTER_MARK';

/** Of a run's number: what is left below is the cluster's. */
const RUN_BITS = 26n;
const CLUSTER_BITS = 36;
/** Nobody asks for a limit in this range, and it is below "unlimited", which has no number. */
const BASE = 1n << 62n;

/**
 * Numbers for runs of containers, of which each says whose cluster it is. On Linux a run's number is also the soft limit of its
 * processes' file locks, which no kernel since 2.4.25 looks at: every process inherits it from its parent, whatever it does to its
 * environment, its session and its parent. That is how a daemon is found that has given up all three.
 */
export class RunMarks {
  private next = BigInt(randomInt(2 ** Number(RUN_BITS)));
  private readonly base: bigint;

  constructor(mark: string) {
    this.base = clusterBase(mark);
  }

  take(): string {
    this.next = (this.next + 1n) % (1n << RUN_BITS);
    return String(this.base + this.next);
  }
}

/** Whether a run's number is one of the cluster with this mark. */
export function isRunOf(mark: string, run: string): boolean {
  return /^\d{19}$/.test(run) && BigInt(run) >> RUN_BITS === clusterBase(mark) >> RUN_BITS;
}

function clusterBase(mark: string): bigint {
  const digits = createHash('sha256')
    .update(mark)
    .digest('hex')
    .slice(0, CLUSTER_BITS / 4);
  return BASE + (BigInt(`0x${digits}`) << RUN_BITS);
}

/** What starts a program with the number as its limit: put before the program and its arguments. It becomes that program. */
export type Launcher = (run: string) => readonly [program: string, ...args: string[]];

/**
 * util-linux's prlimit, where it does what we want of it; undefined elsewhere (no Linux, no such program, a sandbox that forbids
 * it). Never rejects.
 */
export async function findLauncher(): Promise<Launcher | undefined> {
  if (process.platform !== 'linux') return undefined;
  const found = await Promise.all(['/usr/bin/prlimit', '/bin/prlimit', '/usr/sbin/prlimit'].map(works));
  return found.find((launcher) => launcher !== undefined);
}

async function works(path: string): Promise<Launcher | undefined> {
  const launcher: Launcher = (run) => [path, `--locks=${run}:`, '--'];
  const [program, ...args] = launcher(String(BASE));
  return new Promise((resolve) => {
    execFile(program, [...args, 'cat', '/proc/self/limits'], { timeout: 5000 }, (error, stdout) => {
      resolve(!error && lockLimit(stdout) === String(BASE) ? launcher : undefined);
    });
  });
}

/** The soft limit of file locks in a /proc/<pid>/limits. */
export function lockLimit(limits: string): string | undefined {
  return /^Max file locks +(\d+) /m.exec(limits)?.[1];
}
