import type { Trace, TraceSpan } from '../../src/core/ports/traces';

/** A span as tests tell it, whoever keeps it. */
export interface ToldSpan extends TraceSpan {
  /** 32 hexadecimal digits. */
  readonly trace: string;
}

/** @param id a number: hexadecimal ids are made of it */
export function aSpan(
  trace: number,
  id: number,
  change: Partial<ToldSpan> & { readonly under?: number } = {},
): ToldSpan {
  const { under, ...other } = change;
  return {
    ...{ trace: traceId(trace), id: spanId(id), parent: under === undefined ? undefined : spanId(under) },
    ...{ service: 'backend', namespace: 'worktree-a', operation: `op ${id}`, startMs: 1_700_000_000_000 },
    ...{ durationMs: 10, isFailed: false, message: undefined },
    ...other,
  };
}

export function traceId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

export function tracesOf(spans: readonly ToldSpan[]): readonly Trace[] {
  const byTrace = new Map<string, TraceSpan[]>();
  for (const { trace, ...span } of spans) byTrace.set(trace, [...(byTrace.get(trace) ?? []), span]);
  return [...byTrace].map(([id, all]) => ({ id, spans: all }));
}
