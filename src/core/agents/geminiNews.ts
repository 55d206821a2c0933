import { parseRecord, type JsonRecord } from '@coppice/host/parseRecord';
import type { AgentNews, AgentWait } from './agentEvent';
import { saidLine } from '../text/saidLine';

/** What a `ToolPermission` asks for, by the type of its details, where it is no permission. */
const waits: Readonly<Record<string, AgentWait>> = { ask_user: 'question', exit_plan_mode: 'plan' };

/**
 * What an event of Gemini CLI's hooks says of its session (docs/hooks/reference.md in @google/gemini-cli 0.61.0, and what it wrote).
 * A turn that the person stops, also by forbidding a tool, has no event: that is known with the next prompt.
 *
 * @returns undefined: nothing that the state depends on, or no event at all
 */
export function geminiNews(text: string): AgentNews | undefined {
  const event = parseRecord(text);
  const session = event?.['session_id'];
  if (!event || typeof session !== 'string' || !/^[\w-]{1,100}$/.test(session)) return undefined;
  const news = newsOf(event);
  return news && { ...news, session };
}

function newsOf(event: JsonRecord): Omit<AgentNews, 'session'> | undefined {
  switch (event['hook_event_name']) {
    case 'SessionStart':
      return { kind: 'start' };
    case 'BeforeAgent':
      return { kind: 'prompt' };
    case 'Notification':
      return event['notification_type'] === 'ToolPermission' ? permissionOf(event) : undefined;
    case 'AfterTool':
      return { kind: 'used' };
    case 'AfterAgent':
      return { kind: 'stop', ...said(event['prompt_response']) };
    case 'SessionEnd':
      return { kind: 'end' };
    default:
      return undefined;
  }
}

/** It does not say which call of which tool it is about: it is over with the next tool that has ended. */
function permissionOf(event: JsonRecord): Omit<AgentNews, 'session'> {
  const given = event['details'];
  const details: JsonRecord = typeof given === 'object' && given !== null ? (given as JsonRecord) : {};
  const type = String(details['type']);
  const what = ['command', 'filePath', 'toolDisplayName', 'toolName', 'prompt', 'title'].map((name) => details[name]);
  const asked = what.find((each) => typeof each === 'string' && each.trim() !== '') ?? event['message'];
  const wait = Object.hasOwn(waits, type) ? waits[type] : undefined;
  return { kind: 'notified', wait: wait ?? 'permission', ...said(asked) };
}

function said(text: unknown): Pick<AgentNews, 'said'> {
  const line = typeof text === 'string' ? saidLine(text) : '';
  return line === '' ? {} : { said: line };
}
