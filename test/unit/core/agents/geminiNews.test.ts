import { describe, expect, it } from 'vitest';
import { reduceAgent, type SessionState } from '../../../../src/core/agents/reduceAgent';
import { geminiNews } from '../../../../src/core/agents/geminiNews';

/** As its reference has it in all of them; the events below are such as Gemini CLI 0.61.0 wrote. */
const base = { session_id: 'a202-b', transcript_path: '/t', cwd: '/w', timestamp: '2026-11-30T12:26:04.134Z' };
const news = (event: object) => geminiNews(JSON.stringify({ ...base, ...event }));

const begins = { hook_event_name: 'SessionStart', source: 'startup' };
const prompted = { hook_event_name: 'BeforeAgent', prompt: 'do' };
const asks = {
  hook_event_name: 'Notification',
  notification_type: 'ToolPermission',
  message: 'Tool Confirm Shell Command requires execution',
  details: { type: 'exec', title: 'Confirm Shell Command', command: 'touch x', rootCommand: 'touch' },
};
const used = {
  hook_event_name: 'AfterTool',
  tool_name: 'run_shell_command',
  tool_input: { command: 'touch x' },
  tool_response: {},
};
const stopped = {
  hook_event_name: 'AfterAgent',
  prompt: 'do',
  prompt_response: '**All** is well.',
  stop_hook_active: false,
};
const ended = { hook_event_name: 'SessionEnd', reason: 'exit' };

function stateAfter(...events: readonly object[]): string {
  let [state, tick] = [undefined as SessionState | undefined, 0];
  for (const event of events) {
    const told = news(event);
    const from = { version: 1, program: 'gemini', at: tick, tick: tick++, machine: 'm', pid: 1, started: 's' } as const;
    if (told) state = reduceAgent(state, { ...from, ...told });
  }
  return [state?.state, state?.wait].filter((each) => each !== undefined).join(' ');
}

describe("an event of Gemini CLI's hooks", () => {
  it.each([
    [begins, { kind: 'start' }],
    [{ ...begins, source: 'clear' }, { kind: 'start' }],
    [prompted, { kind: 'prompt' }],
    [asks, { kind: 'notified', wait: 'permission', said: 'touch x' }],
    [
      { ...asks, details: { type: 'edit', title: 'Confirm Edit', fileName: 'a', filePath: '/w/a' } },
      { kind: 'notified', wait: 'permission', said: '/w/a' },
    ],
    [
      { ...asks, details: { type: 'mcp', title: 'Confirm', serverName: 's', toolName: 't', toolDisplayName: 'T' } },
      { kind: 'notified', wait: 'permission', said: 'T' },
    ],
    [
      { ...asks, details: { type: 'ask_user', title: 'Which one?' } },
      { kind: 'notified', wait: 'question', said: 'Which one?' },
    ],
    [
      { ...asks, details: { type: 'exit_plan_mode', title: 'The plan' } },
      { kind: 'notified', wait: 'plan', said: 'The plan' },
    ],
    [
      { ...asks, details: 'toString' },
      { kind: 'notified', wait: 'permission', said: 'Tool Confirm Shell Command requires execution' },
    ],
    [
      { ...asks, details: { type: 'toString' }, message: 7 },
      { kind: 'notified', wait: 'permission' },
    ],
    [used, { kind: 'used' }],
    [stopped, { kind: 'stop', said: 'All is well.' }],
    [ended, { kind: 'end' }],
  ])('%j is %j', (event, said) => {
    expect(news(event)).toEqual({ session: 'a202-b', ...said });
  });

  it.each([
    [{ ...asks, notification_type: 'Other' }],
    [{ hook_event_name: 'BeforeTool', tool_name: 'x', tool_input: {} }],
    [{ hook_event_name: 'PreCompress', trigger: 'auto' }],
    [{ ...ended, session_id: '../x' }],
    [{ ...ended, session_id: null }],
  ])('%j says nothing that the state depends on', (event) => {
    expect(news(event)).toBeUndefined();
  });

  it.each(['', 'no json', '[]', 'null', '7'])('%j is no event', (text) => {
    expect(geminiNews(text)).toBeUndefined();
  });

  it.each([
    ['asks', [begins, prompted, asks], 'waiting permission'],
    ['was answered', [begins, prompted, asks, used], 'working'],
    ['is done', [begins, prompted, asks, used, stopped], 'done'],
    ['was forbidden, and is told the next', [begins, prompted, asks, prompted], 'working'],
    ['is over', [begins, prompted, asks, ended, ended, ended], 'ended'],
    ['was cleared', [begins, prompted, stopped, ended, begins], 'idle'],
    ['nobody has seen begin', [used], 'working'],
    ['tells late of a tool', [begins, prompted, ended, used], 'ended'],
  ])('a session that %s', (_, events, state) => {
    expect(stateAfter(...events)).toBe(state);
  });
});
