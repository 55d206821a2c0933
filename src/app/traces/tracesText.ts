import { plural } from '../../core/text/plural';
import type { TraceFacts } from '../../core/traces/traceFacts';
import type { FoundTraces } from './readTraces';
import { spanTimeText, timeText } from './traceTree';

/** How traces are told: by what began them, by what failed, or the slowest one by one. */
export type TracesOrder = 'roots' | 'failures' | 'slowest';

/** A line for traces that are alike, or for each, and where all of them are. */
export function tracesLines(found: FoundTraces, order: TracesOrder, shown = 20): readonly string[] {
  const { name, traces, services, isCut, lengthMs, file } = found;
  const when = `the last ${spanText(lengthMs)}`;
  const rest = file === undefined ? [] : [`All as trees: ${file}`];
  if (traces.length === 0)
    return [
      services.length === 0
        ? `${name}: nobody has told a trace of any of its services.`
        : `${name}: no trace${order === 'failures' ? ' has failed' : ''} in ${when} (${services.join(', ')}).`,
      ...rest,
    ];
  const failed = traces.filter((each) => each.failed).length;
  const head = `${name}: ${isCut ? 'the newest ' : ''}${plural(traces.length, 'trace')} in ${when}, ${failed} of them failed.`;
  const lines = linesIn[order](traces);
  const left = lines.length - shown;
  return [head, ...lines.slice(0, shown), ...(left > 0 ? [`and ${plural(left, 'more line')}`] : []), ...rest];
}

const linesIn: Readonly<Record<TracesOrder, (traces: readonly TraceFacts[]) => readonly string[]>> = {
  roots: (traces) =>
    grouped(traces, ({ root }) => `${root.service} ${root.operation}`).map(([what, alike]) => {
      const times = alike.map((each) => each.durationMs).sort((one, other) => one - other);
      const at = (share: number): string => spanTimeText(times[Math.ceil(times.length * share) - 1] ?? 0);
      const failed = alike.filter((each) => each.failed).length;
      const slowest = alike.reduce((found, each) => (each.durationMs > found.durationMs ? each : found));
      const trouble = failed > 0 ? `${failed} failed, ` : '';
      return `${alike.length}x ${what}: ${trouble}half within ${at(0.5)}, 95 % ${at(0.95)}, slowest ${spanTimeText(slowest.durationMs)} ${slowest.id}`;
    }),
  failures: (traces) =>
    grouped(
      traces.filter(({ failed }) => failed),
      // Numbers and ids in it are of one request.
      ({ failed }) => failureText(failed).replace(/[0-9a-f]*\d[0-9a-f]*/gi, '#'),
    ).map(([, alike]) => {
      const [newest] = alike;
      return `${alike.length}x ${failureText(newest?.failed)}, last at ${timeText(newest?.startMs ?? NaN)} ${newest?.id ?? ''}`;
    }),
  slowest: (traces) =>
    [...traces]
      .sort((one, other) => other.durationMs - one.durationMs)
      .map(({ id, root, durationMs, slowest: { span, selfMs }, failed }) => {
        const most = `most in ${span.service} ${span.operation} (${spanTimeText(selfMs)})`;
        return `${spanTimeText(durationMs)} ${root.service} ${root.operation}, ${most}${failed ? ', failed' : ''} ${id}`;
      }),
};

function failureText(span: TraceFacts['failed']): string {
  if (!span) return '';
  return `${span.service} ${span.operation}${span.message === undefined ? '' : `: ${span.message}`}`;
}

/** The most frequent first. */
function grouped(
  traces: readonly TraceFacts[],
  keyOf: (trace: TraceFacts) => string,
): [key: string, alike: readonly TraceFacts[]][] {
  const groups = new Map<string, TraceFacts[]>();
  for (const trace of traces) {
    const key = keyOf(trace);
    const alike = groups.get(key);
    if (alike) alike.push(trace);
    else groups.set(key, [trace]);
  }
  return [...groups].sort(([, one], [, other]) => other.length - one.length);
}

function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return plural(Math.round(ms / 1000), 'second');
  return minutes % 60 === 0 ? plural(minutes / 60, 'hour') : plural(minutes, 'minute');
}
