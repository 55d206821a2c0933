import { AppError } from '../../core/errors';
import type { Snapshot } from '../../core/model';
import type { Paths } from '../../core/ports/host';
import type { KeptTexts } from '../../core/ports/keptTexts';
import type { Trace, Traces } from '../../core/ports/traces';
import { traceFacts, type TraceFacts } from '../../core/traces/traceFacts';
import { entryAt, type WantedWorktree } from '../diagnosis/entryAt';
import type { UseCase } from '../run/run';
import { worktreeName } from '../view/worktreeView';
import { treeLines } from './traceTree';

export interface TracesPorts {
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  /** What keeps traces for the cluster that a repository uses; undefined: nothing is known to. Starts no cluster. */
  readonly traces: (repositoryId: string, signal: AbortSignal) => Promise<Traces | undefined>;
  readonly kept: KeptTexts;
  readonly paths: Pick<Paths, 'contains'>;
  readonly now: () => number;
}

export interface TracesRequest {
  /** A folder of the repository. */
  readonly folder: string;
  /** Folder of the worktree that is meant; undefined: the one that `folder` lies in. */
  readonly path?: WantedWorktree | undefined;
  /** Those alone that have failed. */
  readonly isFailed: boolean;
  /** How far back. Milliseconds. */
  readonly lengthMs: number;
}

export interface FoundTraces {
  /** What a person calls the worktree. */
  readonly name: string;
  readonly lengthMs: number;
  /** Which services were asked for. */
  readonly services: readonly string[];
  /** The newest first. */
  readonly traces: readonly TraceFacts[];
  /** There may be more than these. */
  readonly isCut: boolean;
  /** A file with all of them as trees; undefined: there is none of them, or it cannot be written. */
  readonly file: string | undefined;
}

/** Of each service. */
const limit = 1_000;
/** Where so few are known in all, each of them is asked for: a program may give itself another name than its service has. */
const mostNames = 20;
const dayMs = 24 * 60 * 60_000;

/**
 * What the services of a worktree's environment have told of requests: only what the platform, or who sent it, says is of its namespace.
 *
 * @throws notFound without an environment, notConfigured where nothing keeps traces, invalidInput, unreachable, timeout, denied
 */
export function readTraces(ports: TracesPorts): UseCase<TracesRequest, FoundTraces> {
  return async ({ folder, path, isFailed, lengthMs }, { signal }) => {
    if (!(lengthMs > 0 && lengthMs <= 7 * dayMs))
      throw new AppError('invalidInput', 'How far back: more than nothing, and 7 days at most.');
    const { traces, namespace, name, worktree, own } = await tracesAt(ports, { folder, path }, signal);
    const known = await traces.services(signal);
    const services = known.filter((each) => known.length <= mostNames || own.includes(each));
    const toMs = ports.now();
    const found = new Map<string, Trace>();
    let isCut = false;
    for (const service of services) {
      // An application's clock may be ahead of ours.
      const wanted = { service, namespace, fromMs: toMs - lengthMs, toMs: toMs + 60_000, isFailed, limit };
      const told = await traces.find(wanted, signal);
      isCut ||= told.length >= limit;
      for (const trace of told) found.set(trace.id, trace);
    }
    const facts = [...found.values()]
      .flatMap((trace) => traceFacts(trace, namespace) ?? [])
      .filter(({ failed }) => !isFailed || failed !== undefined)
      .sort((one, other) => other.startMs - one.startMs);
    const whole = facts.flatMap((each) => [...treeLines(each), '']);
    const file = facts.length === 0 ? undefined : await ports.kept.keep(worktree, `traces-${name}`, whole);
    return { name, lengthMs, services, traces: facts, isCut, file };
  };
}

interface TracesPlace {
  readonly traces: Traces;
  readonly namespace: string;
  readonly name: string;
  /** Its folder. */
  readonly worktree: string;
  /** Its services, as far as they are seen. */
  readonly own: readonly string[];
}

/** What keeps the traces of a worktree's environment, and what they are known by there. @throws notFound, notConfigured */
export async function tracesAt(
  ports: Pick<TracesPorts, 'readSnapshot' | 'traces' | 'paths'>,
  { folder, path }: { readonly folder: string; readonly path?: WantedWorktree | undefined },
  signal: AbortSignal,
): Promise<TracesPlace> {
  const snapshot = await ports.readSnapshot(folder, signal);
  const entry = entryAt(ports.paths, snapshot, folder, path);
  const name = worktreeName(entry);
  // Also of one whose cluster is away: traces are kept elsewhere.
  const namespace = entry.environment?.namespace ?? entry.identity?.names.namespace;
  if (namespace === undefined)
    throw new AppError(
      'notFound',
      `${name} has no environment that could have told traces: "coppice create" makes one.`,
    );
  const traces = await ports.traces(snapshot.repository?.id ?? '', signal);
  if (!traces)
    throw new AppError(
      'notConfigured',
      'Nothing is known that keeps traces: name a Jaeger in the setting jaeger.url, or set up infra, where the cluster can have it. "coppice logs --errors" tells what services have printed.',
    );
  const own = (entry.environment?.services ?? []).map((each) => each.name);
  return { traces, namespace, name, worktree: entry.worktree.path, own };
}
