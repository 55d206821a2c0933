import { AppError } from '../../core/errors';
import { traceFacts, type TraceFacts } from '../../core/traces/traceFacts';
import type { WantedWorktree } from '../diagnosis/entryAt';
import type { UseCase } from '../run/run';
import { tracesAt, type TracesPorts } from './readTraces';
import { treeLines } from './traceTree';

export interface TraceRequest {
  readonly folder: string;
  /** Folder of the worktree that is meant; undefined: the one that `folder` lies in. */
  readonly path?: WantedWorktree | undefined;
  /** Hexadecimal digits, as logs and headers have it. */
  readonly id: string;
}

export interface FoundTrace {
  readonly name: string;
  readonly trace: TraceFacts;
  /** A file with all of it as a tree; undefined: it cannot be written. */
  readonly file: string | undefined;
}

/**
 * One trace that went through the environment of a worktree. What it did in others is counted, and not shown.
 *
 * @throws notFound also for one that is another environment's; and as `readTraces` does
 */
export function readTrace(ports: Omit<TracesPorts, 'now'>): UseCase<TraceRequest, FoundTrace> {
  return async ({ folder, path, id }, { signal }) => {
    // 00-<trace>-<span>-01, as the header traceparent has it, is what a person finds, too.
    const [, wanted] = /^(?:00-)?([0-9a-f]{1,32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$/.exec(id.trim().toLowerCase()) ?? [];
    if (wanted === undefined || /^0+$/.test(wanted))
      throw new AppError(
        'invalidInput',
        `A trace's id is up to 32 hexadecimal digits, not ${JSON.stringify(id.slice(0, 80))}.`,
      );
    const { traces, namespace, name, worktree } = await tracesAt(ports, { folder, path }, signal);
    const found = await traces.read(wanted, signal);
    const trace = found && traceFacts(found, namespace);
    if (!trace)
      throw new AppError(
        'notFound',
        `There is no trace ${wanted} of ${name}: it may be too old, not told yet, or of another environment. "coppice traces" lists those that there are.`,
      );
    return { name, trace, file: await ports.kept.keep(worktree, `trace-${wanted}`, treeLines(trace)) };
  };
}
