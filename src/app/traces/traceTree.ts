import { plural } from '../../core/text/plural';
import type { TraceFacts } from '../../core/traces/traceFacts';

/** A trace with all that it did, a line a span: when it began, how long it took, which service did what, and what went wrong. */
export function treeLines({ id, startMs, durationMs, spans, elsewhere, failed }: TraceFacts): readonly string[] {
  return [
    `${id} at ${timeText(startMs)}: ${spanTimeText(durationMs)}, ${plural(spans.length, 'span')}${failed ? ', failed' : ''}`,
    ...spans.map(({ span, depth }) => {
      // Deeper ones stand where these do: nobody counts so far.
      const indent = '  '.repeat(Math.min(depth, 20) + 1);
      const when = `+${spanTimeText(span.startMs - startMs)}`;
      const what = `${span.service} ${span.operation}: ${spanTimeText(span.durationMs)}`;
      const trouble = span.isFailed ? ` FAILED${span.message === undefined ? '' : `: ${span.message}`}` : '';
      return `${indent}${what} (${when})${trouble}`;
    }),
    ...(elsewhere > 0 ? [`  and ${plural(elsewhere, 'span')} of other namespaces`] : []),
  ];
}

/** To the second, in UTC. */
export function timeText(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? `${new Date(ms).toISOString().slice(0, 19)}Z` : '?';
}

/** `0.4 ms`, `23 ms`, `2.31 s`. */
export function spanTimeText(ms: number): string {
  if (Math.abs(ms) >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.abs(ms) >= 10 || ms === 0 ? Math.round(ms) : Number(ms.toFixed(1))} ms`;
}
