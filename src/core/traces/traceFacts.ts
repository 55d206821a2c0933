import type { Trace, TraceSpan } from '../ports/traces';
import { spanTree, type PlacedSpan } from './spanTree';

/** What is told of a trace in one environment. */
export interface TraceFacts {
  readonly id: string;
  /** Where it began, of what may be shown. */
  readonly root: TraceSpan;
  /** From its first beginning to its last end. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What may be shown of it: spans of this namespace, and those of which nobody says where they ran. */
  readonly spans: readonly PlacedSpan[];
  /** How many are of other namespaces. */
  readonly elsewhere: number;
  /** Where it failed first: the innermost that has failed. undefined: it has not. */
  readonly failed: TraceSpan | undefined;
  /** The one that took the most time by itself. */
  readonly slowest: PlacedSpan;
}

/** @returns undefined where none of its spans is of that namespace */
export function traceFacts({ id, spans }: Trace, namespace: string): TraceFacts | undefined {
  if (!spans.some((span) => span.namespace === namespace)) return undefined;
  const shown = spans.filter((span) => span.namespace === undefined || span.namespace === namespace);
  const placed = spanTree(shown);
  const [first] = placed;
  if (!first) return undefined;
  const startMs = shown.reduce((least, span) => Math.min(least, span.startMs), Infinity);
  const endMs = shown.reduce((most, span) => Math.max(most, span.startMs + span.durationMs), startMs);
  const failed = placed
    .filter(({ span }) => span.isFailed)
    .reduce<PlacedSpan | undefined>((found, each) => (found && found.depth >= each.depth ? found : each), undefined);
  const slowest = placed.reduce((found, each) => (each.selfMs > found.selfMs ? each : found), first);
  const elsewhere = spans.length - shown.length;
  return {
    id,
    root: first.span,
    startMs,
    durationMs: endMs - startMs,
    spans: placed,
    elsewhere,
    failed: failed?.span,
    slowest,
  };
}
