import { errorCode } from '@coppice/host/errorCode';
import { hasSameKernel } from '@coppice/host/processPlace';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../core/errors';
import { abortError } from '../exec/abort';
import type { ClusterProcess } from '@coppice/cluster/contract';
import { isSame } from './clusterFiles';

const lookMs = 25;
/** How long a process that was killed may still be seen. */
const killedMs = 10_000;

/**
 * Asks a cluster to end, and kills it when it has not after a while; its reaper then ends what it started. Another process that got
 * its number meanwhile is left alone.
 *
 * @param patienceMs how long it may take by itself
 * @returns whether it had to be killed
 * @throws timeout, denied, AbortError
 */
export async function endProcess(
  process_: ClusterProcess,
  patienceMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  refuseOtherPlace(process_);
  if (!(await send(process_, 'SIGTERM')) || (await isGone(process_, patienceMs, signal))) return false;
  if (!(await send(process_, 'SIGKILL')) || (await isGone(process_, killedMs, signal))) return true;
  throw new AppError('timeout', `The embedded cluster (process ${process_.pid}) was killed and is still there.`);
}

/** What its number names here is somebody else's. @throws denied */
export function refuseOtherPlace({ pid, elsewhere }: ClusterProcess): void {
  if (elsewhere === undefined) return;
  throw new AppError('denied', `The embedded cluster of this folder runs ${elsewhere} (process ${pid} there).`, {
    explanation:
      'Start and stop it there. What is to have a cluster of its own here needs a folder of its own: COPPICE_HOME.',
  });
}

/**
 * The same, but for one of the same kernel: it may have ended with its container a moment ago, and a cluster that is started listens for it.
 *
 * @param tell hears why that takes some seconds
 * @throws denied
 */
export async function refuseUnlessGone(process_: ClusterProcess, tell: (line: string) => void): Promise<void> {
  const { pid, start, elsewhere } = process_;
  if (elsewhere === undefined) return;
  if (!(await hasSameKernel(start))) refuseOtherPlace(process_);
  tell(
    `A cluster of this folder ran ${elsewhere} a moment ago (process ${pid} there): whether it still does is heard.`,
  );
}

async function isGone(process_: ClusterProcess, withinMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (await isThere(process_)) {
    if (performance.now() > deadline) return !(await isSame(process_));
    await delay(lookMs);
    if (signal?.aborted) throw abortError(signal);
  }
  return true;
}

/** @returns false when it is gone already */
async function send(target: ClusterProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isSame(target))) return false;
  try {
    process.kill(target.pid, signal);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw new AppError('denied', `The embedded cluster (process ${target.pid}) may not be stopped by this user.`, {
      cause: error,
    });
  }
}

/** Cheap enough to be asked again and again: elsewhere than on Linux only whether there is a process of that number. */
async function isThere(target: ClusterProcess): Promise<boolean> {
  if (process.platform === 'linux') return isSame(target);
  try {
    process.kill(target.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
