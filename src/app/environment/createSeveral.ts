import type { AgentTask } from '../../core/agents/agentTask';
import { AppError, isAbort, isAppError, toAppError } from '../../core/errors';
import { mayStartAgent } from '../../core/sessions/mayStartAgent';
import type { Settings } from '../../core/settings';
import type { UseCase } from '../run/run';
import type { CreateRequest, CreateResult } from './requests';

export interface SeveralPorts {
  readonly create: UseCase<CreateRequest, CreateResult>;
  /** Has an agent start once in the window of a worktree. */
  readonly requestAgent: (folder: string, task: AgentTask, signal: AbortSignal) => Promise<void>;
  readonly settings: () => Pick<Settings, 'agent.startWhen'>;
}

export interface SeveralRequest {
  /** What is asked for with each of the branches. */
  readonly request: Omit<CreateRequest, 'target' | 'worktreeFolder'>;
  readonly branches: readonly string[];
  /** What those that are new start from. */
  readonly base?: string | undefined;
  /** What an agent in each is started with; undefined: none is. */
  readonly task: AgentTask | undefined;
}

/** One of several. */
export interface MadeOfSeveral {
  readonly branch: string;
  /** undefined: it was not made, and `error` says why. */
  readonly result: CreateResult | undefined;
  readonly error: AppError | undefined;
  /** Whether an agent starts in it once its window opens. */
  readonly hasAgent: boolean;
}

const most = 20;

/** `prefix-1`, `prefix-2`, … @throws invalidInput */
export function severalBranches(prefix: string, count: number): string[] {
  if (!Number.isInteger(count) || count < 2 || count > most)
    throw new AppError('invalidInput', `Several are 2 to ${most}, not ${count}.`);
  if (prefix.trim() === '') throw new AppError('invalidInput', 'A branch name is needed.');
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

/**
 * Makes environments one after the other, so that each start waits for room as a single one does. What keeps one from being made keeps no
 * other: only what nobody approved is tried once, as all run the same.
 *
 * @throws only the AbortError: what was made stays
 */
export function createSeveral(ports: SeveralPorts): UseCase<SeveralRequest, readonly MadeOfSeveral[]> {
  return async ({ request, branches, base, task }, run) => {
    const made: MadeOfSeveral[] = [];
    let unapproved: AppError | undefined;
    for (const [index, branch] of branches.entries()) {
      const place = `${index + 1} of ${branches.length}: ${branch}`;
      run.report({
        ...{ step: 'several', title: place, state: 'running', detail: place, finished: index, total: branches.length },
      });
      let result: CreateResult | undefined;
      try {
        if (unapproved) throw unapproved;
        const target = { kind: 'branch', branch, ...(base === undefined ? {} : { base }) } as const;
        result = await ports.create({ ...request, target }, run);
        const started = task && mayStartAgent(result, ports.settings()) ? task : undefined;
        if (started) await ports.requestAgent(result.worktree.path, started, run.signal);
        made.push({ branch, result, error: undefined, hasAgent: started !== undefined });
      } catch (error) {
        run.signal.throwIfAborted();
        if (isAbort(error)) throw error;
        const known = toAppError(error);
        if (isAppError(error, 'unapproved')) unapproved = error;
        made.push({ branch, result, error: known, hasAgent: false });
      }
    }
    return made;
  };
}

/** Each in a line, in words. */
export function severalLines(made: readonly MadeOfSeveral[]): string[] {
  return made.map(({ branch, result, error, hasAgent }) => {
    if (!result) return `${branch}: not made. ${error?.message ?? ''}`;
    const agent = hasAgent ? ' Its agent starts when its window opens.' : '';
    const but = error ? ` ${error.message}` : '';
    return `${branch}: ${result.ready ? 'ready' : 'made, but not ready'}, in ${result.worktree.path}.${agent}${but}`;
  });
}
