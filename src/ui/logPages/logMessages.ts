import type { LogEntry } from '../../app/logs/logFeed';
import { worktreeView } from '../../app/view/worktreeView';
import { sourcePlaces } from '../../core/logs/sourcePlaces';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { logsLimits, type LogLineView, type ToLogs } from '../../../webview/logsProtocol';
import { plainLine, shortened } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';

type Message<Type extends ToLogs['type']> = Extract<ToLogs, { readonly type: Type }>;

/** @param entry undefined: its worktree is gone @param failures why services are not read now */
export function environmentMessage(
  entry: WorktreeEntry | undefined,
  snapshot: Snapshot,
  failures: readonly string[],
): Message<'environment'> {
  const services = entry?.environment?.services ?? [];
  return {
    type: 'environment',
    name: entry ? named(plainWorktreeName(entry)) : '',
    services: services.slice(0, logsLimits.services).map(({ name }) => named(name)),
    nothing: worded(nothingOf(entry, snapshot)),
    notes: failures.slice(0, logsLimits.services).map(worded),
  };
}

function nothingOf(entry: WorktreeEntry | undefined, snapshot: Snapshot): string {
  if (!snapshot.repository) return 'Reading…';
  if (!entry) return 'This worktree is gone.';
  if (entry.environment && entry.environment.services.length > 0) return '';
  const { words, why } = worktreeView(entry, snapshot);
  return `${plainWorktreeName(entry)} has no services that print anything (${[words, why].filter(Boolean).join(': ')}).`;
}

export function lineView(entry: LogEntry): LogLineView {
  const [service, pod] = [named(entry.service), named(entry.pod)];
  const at = entry.at ?? null;
  if (entry.kind === 'run') {
    const text = shortened(plainLine(`${entry.text} · ${entry.pod}`), logsLimits.words);
    return { kind: 'run', service, pod, at, level: 'info', text, cut: 0, fields: [], places: [] };
  }
  const { level, text, fields } = entry.line;
  const shown = plainText(text.slice(0, logsLimits.text));
  return {
    ...{ kind: 'line', service, pod, at, level, text: shown },
    cut: Math.max(0, text.length - logsLimits.text),
    fields: fields.slice(0, logsLimits.fields).map(([name, value]) => ({
      name: named(name),
      value: shortened(plainText(value.slice(0, logsLimits.value + 1)), logsLimits.value),
    })),
    places: sourcePlaces(shown)
      .filter(({ file }) => file.length <= logsLimits.words)
      .slice(0, logsLimits.places),
  };
}

/** Shows every character for what it is, and keeps how it is laid out. */
function plainText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(plainLine).join('\t'))
    .join('\n');
}

const named = (text: string): string => shortened(plainLine(text), logsLimits.name);
const worded = (text: string): string => shortened(plainLine(text), logsLimits.words);
