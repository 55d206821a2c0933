import { isObject } from '../../core/records/isObject';
import type { Trace, TraceSpan } from '../../core/ports/traces';
import { saidLine } from '../../core/text/saidLine';
import { traceTags } from '../../core/dashboards/environmentPanels';

type Fields = Readonly<Record<string, unknown>>;

/** What `/api/services` has in `data`: names, or null where there are none. */
export function servicesIn(data: unknown): readonly string[] {
  return listOf(data)
    .flatMap((name) => (typeof name === 'string' && name !== '' ? [name] : []))
    .sort();
}

/** What `/api/traces` has in `data`: `Trace` of Jaeger's `internal/uimodel` (v1.76.0). What has no id is left out. */
export function tracesIn(data: unknown): readonly Trace[] {
  return listOf(data).flatMap((each) => {
    if (!isObject(each) || typeof each['traceID'] !== 'string') return [];
    const processes = isObject(each['processes']) ? each['processes'] : {};
    const spans = listOf(each['spans']).flatMap((span) => (isObject(span) ? (spanIn(span, processes) ?? []) : []));
    // Of one whose first half is zeros Jaeger writes the second alone; logs and headers have all of it.
    return [{ id: each['traceID'].toLowerCase().padStart(32, '0'), spans }];
  });
}

/** Why it answers with none, in its own words; undefined: it does not say. */
export function refusalIn(errors: unknown): string | undefined {
  const [first] = listOf(errors);
  return isObject(first) && typeof first['msg'] === 'string' && first['msg'] !== '' ? first['msg'] : undefined;
}

function spanIn(span: Fields, processes: Fields): TraceSpan | undefined {
  const { spanID: id, operationName, startTime, duration, processID } = span;
  if (typeof id !== 'string' || typeof startTime !== 'number') return undefined;
  const process = typeof processID === 'string' && Object.hasOwn(processes, processID) ? processes[processID] : {};
  const ofProcess = isObject(process) ? process : {};
  const tags = tagsIn(span['tags']);
  const isFailed =
    tags.get('error') === true || tags.get('error') === 'true' || tags.get('otel.status_code') === 'ERROR';
  return {
    id,
    parent: parentIn(span),
    service: textOf(ofProcess['serviceName']) ?? '?',
    // The platform's word is that of the resource: what a span says of itself is its sender's.
    namespace: textOf(tagsIn(ofProcess['tags']).get(traceTags.namespace)),
    operation: saidLine(textOf(operationName) ?? '?') || '?',
    startMs: startTime / 1000,
    durationMs: typeof duration === 'number' && duration > 0 ? duration / 1000 : 0,
    isFailed,
    message: isFailed ? messageIn(span, tags) : undefined,
  };
}

/** Of the same trace; a link to another one is none. */
function parentIn(span: Fields): string | undefined {
  const parents = listOf(span['references']).flatMap((each) =>
    isObject(each) && each['traceID'] === span['traceID'] && typeof each['spanID'] === 'string' ? [each] : [],
  );
  const parent = parents.find((each) => each['refType'] === 'CHILD_OF') ?? parents[0];
  return textOf(parent?.['spanID']) ?? textOf(span['parentSpanID']);
}

/** The exception that it recorded, what its status says, or the status of HTTP. */
function messageIn(span: Fields, tags: ReadonlyMap<string, unknown>): string | undefined {
  for (const log of listOf(span['logs'])) {
    const fields = isObject(log) ? tagsIn(log['fields']) : new Map<string, unknown>();
    const told = [fields.get('exception.type'), fields.get('exception.message')].flatMap((each) => textOf(each) ?? []);
    if (told.length > 0) return saidLine(told.join(': '));
  }
  const described = textOf(tags.get('otel.status_description'));
  if (described !== undefined) return saidLine(described);
  const status = tags.get('http.response.status_code') ?? tags.get('http.status_code');
  return typeof status === 'number' || typeof status === 'string' ? saidLine(`HTTP ${status}`) : undefined;
}

function tagsIn(tags: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    listOf(tags).flatMap((tag): [string, unknown][] =>
      isObject(tag) && typeof tag['key'] === 'string' ? [[tag['key'], tag['value']]] : [],
    ),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
