import type { TraceSpan } from '../ports/traces';

/** A span where it stands. */
export interface PlacedSpan {
  readonly span: TraceSpan;
  readonly depth: number;
  /** Of its time what none of its children took. Milliseconds. */
  readonly selfMs: number;
}

/**
 * Spans as a tree, from the top: each followed by what it caused, in the order of time. What has no parent among them, or itself among
 * its ancestors, stands at the top.
 */
export function spanTree(spans: readonly TraceSpan[]): readonly PlacedSpan[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const children = new Map<string, TraceSpan[]>();
  const tops: TraceSpan[] = [];
  for (const span of byId.values()) {
    if (span.parent === undefined || span.parent === span.id || !byId.has(span.parent)) tops.push(span);
    else children.set(span.parent, [...(children.get(span.parent) ?? []), span]);
  }
  const placed: PlacedSpan[] = [];
  const seen = new Set<string>();
  const place = (begin: readonly TraceSpan[]): void => {
    // A stack of its own: a chain may be longer than one of calls.
    const left = inTime(begin).map((span) => ({ span, depth: 0 }));
    for (let next = left.pop(); next; next = left.pop()) {
      const { span, depth } = next;
      if (seen.has(span.id)) continue;
      seen.add(span.id);
      const own = children.get(span.id) ?? [];
      placed.push({ span, depth, selfMs: selfTime(span, own) });
      left.push(...inTime(own).map((child) => ({ span: child, depth: depth + 1 })));
    }
  };
  place(tops);
  // Those that are left cause each other.
  for (const span of [...byId.values()].sort((one, other) => one.startMs - other.startMs))
    if (!seen.has(span.id)) place([span]);
  return placed;
}

/** The first one at the end, from where it is taken. */
function inTime(spans: readonly TraceSpan[]): TraceSpan[] {
  return [...spans].sort((one, other) => one.startMs - other.startMs).reverse();
}

function selfTime({ startMs, durationMs }: TraceSpan, children: readonly TraceSpan[]): number {
  const end = startMs + durationMs;
  let covered = 0;
  let until = startMs;
  for (const child of [...children].sort((one, other) => one.startMs - other.startMs)) {
    const from = Math.max(child.startMs, until);
    const to = Math.min(child.startMs + child.durationMs, end);
    if (to <= from) continue;
    covered += to - from;
    until = to;
  }
  return Math.max(durationMs - covered, 0);
}
