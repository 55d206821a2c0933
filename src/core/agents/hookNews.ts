import { parseRecord, type JsonRecord } from '@coppice/host/parseRecord';
import type { AgentNews, AgentWait } from './agentEvent';
import { saidLine } from '../text/saidLine';

/** What differs between programs whose hooks write the same events. */
export interface HookDialect {
  /** Tools that are nothing but a question to the person. */
  readonly questions: Readonly<Record<string, AgentWait>>;
  /** What a tool's input has where it is asked for, and not where it has ended. */
  readonly askedOnly?: string;
}

/** Of `Notification`: those that say something of this session. */
const notices: Readonly<Record<string, Pick<AgentNews, 'kind' | 'wait'>>> = {
  permission_prompt: { kind: 'notified', wait: 'permission' },
  worker_permission_prompt: { kind: 'notified', wait: 'permission' },
  elicitation_dialog: { kind: 'notified', wait: 'question' },
  elicitation_complete: { kind: 'answered' },
  elicitation_response: { kind: 'answered' },
  idle_prompt: { kind: 'rests' },
};

/**
 * What an event of hooks in the form of Claude Code says of its session.
 *
 * @returns undefined: nothing that the state depends on, or no event at all
 */
export function hookNews(text: string, dialect: HookDialect): AgentNews | undefined {
  const event = parseRecord(text);
  const session = textOf(event?.['session_id']);
  if (!event || session === undefined || !/^[\w-]{1,100}$/.test(session)) return undefined;
  const news = newsOf(event, dialect);
  if (!news) return undefined;
  const helper = textOf(event['agent_id']);
  return { ...news, session, ...(helper === undefined ? {} : { helper: helper.slice(0, 100) }) };
}

type Said = Omit<AgentNews, 'session' | 'helper'>;

function newsOf(event: JsonRecord, dialect: HookDialect): Said | undefined {
  switch (event['hook_event_name']) {
    case 'SessionStart':
      // In the middle of its work a session starts anew from a summary of itself.
      return event['source'] === 'compact' ? undefined : { kind: 'start' };
    case 'UserPromptSubmit':
      return { kind: 'prompt' };
    case 'PreToolUse':
      return Object.hasOwn(dialect.questions, String(event['tool_name'])) ? askOf(event, dialect) : undefined;
    case 'PermissionRequest':
      return askOf(event, dialect);
    case 'PostToolUse':
    case 'PostToolUseFailure':
    case 'PermissionDenied':
      return { kind: 'used', asked: [keyOf(event, dialect)] };
    case 'PostToolBatch':
      return { kind: 'used' };
    case 'Notification': {
      const type = String(event['notification_type']);
      return Object.hasOwn(notices, type) ? notices[type] : undefined;
    }
    case 'Stop':
      return {
        kind: 'stop',
        ...(isBusy(event['background_tasks']) ? { isBusy: true } : {}),
        ...said(lastMessage(event)),
      };
    case 'StopFailure':
      return { kind: 'fail', ...said(lastMessage(event) ?? textOf(event['error_details']) ?? textOf(event['error'])) };
    case 'Interrupt':
      return { kind: 'rests' };
    case 'SubagentStop':
      return { kind: 'helperEnded' };
    case 'SessionEnd':
      return { kind: 'end' };
    default:
      return undefined;
  }
}

function askOf(event: JsonRecord, dialect: HookDialect): Said {
  const tool = textOf(event['tool_name']) ?? '';
  const wait = Object.hasOwn(dialect.questions, tool) ? dialect.questions[tool] : undefined;
  return {
    kind: 'asks',
    wait: wait ?? 'permission',
    asked: [keyOf(event, dialect)],
    ...said(askText(tool, wait, event['tool_input'])),
  };
}

/** A request for permission has no id: what is asked for is known by what it is. */
function keyOf(event: JsonRecord, { askedOnly }: HookDialect): string {
  const input = event['tool_input'] ?? null;
  const { [askedOnly ?? '']: _, ...known } = isObject(input) ? input : { input };
  return `${textOf(event['tool_name']) ?? ''} ${digest(JSON.stringify(askedOnly === undefined ? input : known))}`;
}

function askText(tool: string, wait: AgentWait | undefined, input: unknown): string {
  const given = isObject(input) ? input : {};
  if (wait === 'question') {
    const asked: readonly unknown[] = Array.isArray(given['questions']) ? given['questions'] : [];
    const texts = asked.map((each) => (isObject(each) ? textOf(each['question']) : undefined));
    return texts.find((text) => text !== undefined) ?? tool;
  }
  if (wait === 'plan') return textOf(given['plan']) ?? 'It has a plan.';
  const what = ['command', 'file_path', 'notebook_path', 'url', 'query', 'description'].map((name) =>
    textOf(given[name]),
  );
  return [tool, what.find((text) => text !== undefined)].filter(Boolean).join(': ');
}

/** Of what runs on behind a turn that is over, these wake the session. A shell is often a server that runs for good. */
function isBusy(tasks: unknown): boolean {
  const wakes = new Set(['subagent', 'workflow']);
  return Array.isArray(tasks) && tasks.some((task) => isObject(task) && wakes.has(String(task['type'])));
}

function lastMessage(event: JsonRecord): string | undefined {
  return textOf(event['last_assistant_message']);
}

function said(text: string | undefined): Pick<AgentNews, 'said'> {
  const line = text === undefined ? '' : saidLine(text);
  return line === '' ? {} : { said: line };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** 53 bits: enough to tell apart what one session asks for at a time. */
function digest(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

function isObject(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null;
}
