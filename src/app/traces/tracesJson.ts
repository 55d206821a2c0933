import type { TraceFacts } from '../../core/traces/traceFacts';
import type { FoundTrace } from './readTrace';
import type { FoundTraces } from './readTraces';
import { timeText } from './traceTree';

/** Fields are added, never renamed or taken away: others build on them. The newest first; times in milliseconds. */
export function tracesJson({ name, lengthMs, services, traces, isCut, file }: FoundTraces): object {
  return { name, minutes: lengthMs / 60_000, services, traces: traces.map(summary), isCut, file: file ?? null };
}

export function traceJson({ name, trace, file }: FoundTrace): object {
  const spans = trace.spans.map(({ span, depth, selfMs }) => ({
    ...{ id: span.id, parent: span.parent ?? null, depth, service: span.service, operation: span.operation },
    ...{ afterMs: rounded(span.startMs - trace.startMs), ms: rounded(span.durationMs), selfMs: rounded(selfMs) },
    ...{ failed: span.isFailed, message: span.message ?? null },
  }));
  return { name, ...summary(trace), elsewhere: trace.elsewhere, tree: spans, file: file ?? null };
}

function summary({ id, root, startMs, durationMs, spans, failed, slowest }: TraceFacts): object {
  return {
    ...{ id, service: root.service, operation: root.operation, at: timeText(startMs), ms: rounded(durationMs) },
    spans: spans.length,
    services: [...new Set(spans.map(({ span }) => span.service))],
    failed: failed ? { service: failed.service, operation: failed.operation, message: failed.message ?? null } : null,
    slowest: {
      ...{ service: slowest.span.service, operation: slowest.span.operation, selfMs: rounded(slowest.selfMs) },
    },
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
