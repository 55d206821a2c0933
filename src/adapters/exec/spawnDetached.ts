import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../core/errors';
import { abortError } from './abort';
import { signalTree } from '@coppice/host/signalTree';
import { launch, type Launch } from './launch';

export interface DetachedRequest extends Launch {
  /** Its stderr is appended here; the folder must exist. */
  readonly logFile: string;
  /** Whether to wait until it has printed a line on stdout. */
  readonly firstLine: boolean;
  /** How long that may take; with `progress`: since its answer was another. */
  readonly timeoutMs: number;
  /** How far it is, in words that change with all that it has done. */
  readonly progress?: () => Promise<string>;
}

export interface DetachedProcess {
  readonly pid: number;
  /** '' when it was not waited for. */
  readonly firstLine: string;
}

const pollMs = 15;
const progressMs = 250;
const explanationBytes = 4000;

/**
 * Starts a program that outlives us. Its stdout and stderr are files, never pipes: nothing that ends with us can end it.
 * The file of stdout is deleted once the first line is read; what it prints there later goes nowhere. A program that prints
 * its line and exits with 0 is a success too (somebody else was faster).
 *
 * @throws missingTool, denied, notFound, failed when it ends without a line, timeout; the explanation is the end of its
 *   stderr. When it rejects, the program has been ended.
 */
export async function spawnDetached(request: DetachedRequest, signal?: AbortSignal): Promise<DetachedProcess> {
  if (signal?.aborted) throw abortError(signal);
  const stdoutFile = `${request.logFile}.${randomUUID()}.out`;
  const log = await open(request.logFile, 'a', 0o600);
  try {
    const logStart = (await log.stat()).size;
    const stdout = await open(stdoutFile, 'wx', 0o600);
    const child = await start(request, stdout, log);
    try {
      const firstLine = request.firstLine ? await awaitLine(request, child, stdoutFile, logStart, signal) : '';
      child.unref();
      return { pid: child.pid ?? 0, firstLine };
    } catch (error) {
      if (child.pid !== undefined) signalTree(child.pid, 'SIGKILL');
      throw error;
    }
  } finally {
    await log.close();
    await rm(stdoutFile, { force: true }).catch(() => undefined);
  }
}

async function start(request: DetachedRequest, stdout: FileHandle, log: FileHandle): Promise<ChildProcess> {
  try {
    return await launch(request, ['ignore', stdout.fd, log.fd], true);
  } finally {
    await stdout.close();
  }
}

async function awaitLine(
  request: DetachedRequest,
  child: ChildProcess,
  stdoutFile: string,
  logStart: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const name = JSON.stringify(basename(request.file));
  let deadline = performance.now() + request.timeoutMs;
  let asked = { at: performance.now(), answer: '' };
  for (;;) {
    // Asked before the file is read: what a program wrote before its end is then in the file.
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    const text = await readFile(stdoutFile, 'utf8');
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end).replace(/\r$/, '');
    if (signal?.aborted) throw abortError(signal);
    if (hasEnded) {
      const how = child.signalCode ? `was ended by ${child.signalCode}` : `ended with exit code ${child.exitCode}`;
      throw new AppError('failed', `${name} ${how} before it was ready.`, {
        explanation: await logTail(request.logFile, logStart),
      });
    }
    if (request.progress && performance.now() - asked.at > progressMs) {
      const answer = await request.progress();
      if (answer !== asked.answer) deadline = performance.now() + request.timeoutMs;
      asked = { at: performance.now(), answer };
    }
    if (performance.now() > deadline) {
      throw new AppError('timeout', `${name} was not ready within ${request.timeoutMs / 1000} s and was stopped.`, {
        explanation: await logTail(request.logFile, logStart),
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function logTail(logFile: string, start: number): Promise<string> {
  const { size } = await stat(logFile);
  const from = Math.max(start, size - explanationBytes);
  const handle = await open(logFile, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, size - from));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
