import { AppError } from '../../core/errors';
import { isTroubled } from '../../core/services/isTroubled';
import { isObject } from '../../core/records/isObject';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { OwnEnd, OwnProgram } from '../../core/ports/ownProgram';
import type { Run, UseCase } from '../run/run';
import type { EnvironmentAt } from '../services/environmentAt';
import { serviceTrouble } from '../services/waitReady';
import type { Woken } from '../services/wakeEnvironment';
import type { Waited, WaitRequest } from '../wait/waitForEnvironment';
import { worktreeAt, type WorktreeAtPorts } from '../worktrees/worktreeAt';

export interface ProvidePorts extends WorktreeAtPorts {
  readonly environmentFiles: Pick<EnvironmentFiles, 'exists'>;
  readonly program: OwnProgram;
  readonly wait: UseCase<WaitRequest, Waited>;
  readonly wake: UseCase<EnvironmentAt, Pick<Woken, 'ready' | 'services'>>;
}

export interface ProvideRequest {
  /** In the worktree. */
  readonly folder: string;
  /** Milliseconds after which it goes on without whoever asked for it. */
  readonly limitMs: number;
}

/**
 * What came of an environment that was asked for by a hook. `none`: the worktree is to have none. `failed`: what is in the repository
 * does not come up, or may not run here. `underway`: it goes on. `broken`: it is Coppice that failed.
 */
export type Provided = { readonly kind: 'none' | 'ready' } | Unprovided;

export interface Unprovided {
  readonly kind: 'failed' | 'underway' | 'broken';
  readonly message: string;
  readonly explanation?: string | undefined;
  /** Where is what its create said; undefined: there was none. */
  readonly log?: string;
}

/**
 * Makes the environment of a worktree that somebody else has made, in a process that outlives the hook: it answers in time, whatever
 * a setup does. Where another one makes that environment already, that one is waited for. One that is made is only waited for: a
 * session that is resumed must not run its services anew, least of all those that are `once`; one that sleeps is woken.
 */
export function provide(ports: ProvidePorts): UseCase<ProvideRequest, Provided> {
  return async ({ folder, limitMs }, { signal, report }) => {
    const until = performance.now() + limitMs;
    const { worktree, identity } = await worktreeAt(ports, folder, signal);
    const { path } = worktree;
    if (worktree.isMain || !(await ports.environmentFiles.exists(path))) return { kind: 'none' };
    const waited =
      identity?.state === 'created' ? await waitedFor(ports, path, limitMs, { signal, report }) : undefined;
    if (waited) return waited;
    const run = await ports.program.start(['create', '--wait', '--json', '--steps'], path, path);
    const end = await endWithin(run.ended, until - performance.now(), signal, () => run.cancel());
    if (end) return providedBy(end, run.logFile);
    await run.letGo();
    return { ...underway(limitMs), log: run.logFile };
  };
}

/**
 * undefined: it is to be made again, as the cluster does not run or does not have it, or as an update or an install was cut off or
 * did not end well.
 */
async function waitedFor(
  ports: ProvidePorts,
  path: string,
  limitMs: number,
  { signal, report }: Run,
): Promise<Provided | undefined> {
  const over = AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)));
  /** Why nothing of it starts; undefined: it does. */
  let waits: string | undefined;
  try {
    const run: Run = {
      signal: AbortSignal.any([signal, over]),
      report(progress) {
        waits = progress.waits?.reason;
        report(progress);
      },
    };
    const waited = await ports.wait({ path, timeoutMs: undefined }, run);
    if (waited.isUnfinished) return undefined;
    const { notes } = waited;
    const isAsleep = waited.services.some(({ health }) => health === 'asleep');
    const { ready, services } = isAsleep ? await ports.wake({ folder: path, path }, run) : waited;
    // One without services has nothing to be ready, which is well.
    if (ready || services.length === 0) return { kind: 'ready' };
    const troubles = [...services.filter(isTroubled).map(serviceTrouble), ...notes];
    return { kind: 'failed', message: `It is made, but not ready. ${troubles.join('; ')}`.trim() };
  } catch (error) {
    signal.throwIfAborted();
    if (over.aborted && waits !== undefined)
      return { kind: 'failed', message: `It is asleep and ${waits}: "coppice wake" starts it.` };
    if (over.aborted) return underway(limitMs);
    if (!(error instanceof AppError) || error.code === 'bug') throw error;
    if (error.code === 'notFound' || error.code === 'unreachable') return undefined;
    return { kind: 'failed', message: error.message, explanation: error.explanation };
  }
}

function underway(limitMs: number): Unprovided {
  return { kind: 'underway', message: `It is not ready after ${Math.round(limitMs / 1000)} s, and goes on.` };
}

/** undefined: the time is over. Cancelled, it still waits for what is taken back. */
async function endWithin(
  ended: Promise<OwnEnd>,
  limitMs: number,
  signal: AbortSignal,
  cancel: () => void,
): Promise<OwnEnd | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.max(0, limitMs));
    });
    const end = await Promise.race([ended, over]);
    signal.throwIfAborted();
    return end;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

/** By what `create --json` says. */
function providedBy({ exitCode, output }: OwnEnd, log: string): Provided {
  const said = lastObject(output);
  if (exitCode === 0 && said) return { kind: 'ready' };
  const error = said && isObject(said['error']) ? said['error'] : undefined;
  if (error) {
    const kind = error['code'] === 'bug' ? 'broken' : 'failed';
    return { kind, message: textOf(error['message']), explanation: textOf(error['explanation']) || undefined, log };
  }
  if (said) {
    const { text, more } = troubles(said);
    return { kind: 'failed', message: `It is made, but not ready. ${text}`.trim(), explanation: more, log };
  }
  const how = exitCode === undefined ? 'was ended' : `ended with exit code ${exitCode}`;
  return { kind: 'broken', message: `Its create ${how}, and said nothing.`, log };
}

/** In a line, and what notes have besides. */
function troubles(created: Readonly<Record<string, unknown>>): {
  readonly text: string;
  readonly more: string | undefined;
} {
  const services: readonly unknown[] = Array.isArray(created['services']) ? created['services'] : [];
  const notes: readonly unknown[] = Array.isArray(created['notes']) ? created['notes'] : [];
  const unhealthy = services
    .filter(isObject)
    .filter(({ health }) => health !== 'healthy')
    .map(({ name, state, reason }) => [`${textOf(name)}:`, textOf(state), textOf(reason)].filter(Boolean).join(' '));
  const lines = notes.map((note) => textOf(note).split('\n'));
  const more = lines.flatMap(([, ...rest]) => rest).join('\n') || undefined;
  return { text: [...unhealthy, ...lines.map(([first = '']) => first)].join('; '), more };
}

function lastObject(output: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
