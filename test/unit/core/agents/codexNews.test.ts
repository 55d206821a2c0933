import { describe, expect, it } from 'vitest';
import { reduceAgent, type SessionState } from '../../../../src/core/agents/reduceAgent';
import { codexNews } from '../../../../src/core/agents/codexNews';

/** As its schemas have it in all of them; each line below is an event that Codex 0.171.0 wrote. */
const base = {
  session_id: '01a2-b',
  turn_id: 't',
  transcript_path: null,
  cwd: '/w',
  model: 'm',
  permission_mode: 'default',
};
const news = (event: object) => codexNews(JSON.stringify({ ...base, ...event }));

const begins = { hook_event_name: 'SessionStart', source: 'startup' };
const prompted = { hook_event_name: 'UserPromptSubmit', prompt: 'do' };
const asks = {
  hook_event_name: 'PermissionRequest',
  tool_name: 'Bash',
  tool_input: { command: 'touch /x', description: 'I need it' },
};
const used = {
  hook_event_name: 'PostToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'touch /x' },
  tool_response: '',
  tool_use_id: 'call_1',
};
const question = { questions: [{ id: 'a', header: 'Pick', question: 'Which one?', options: [] }] };
const asked = {
  hook_event_name: 'PreToolUse',
  tool_name: 'request_user_input',
  tool_input: question,
  tool_use_id: 'call_1',
};
const answered = { ...asked, hook_event_name: 'PostToolUse', tool_response: '{"answers":{}}' };
const interrupted = { hook_event_name: 'Interrupt' };
const stopped = { hook_event_name: 'Stop', stop_hook_active: false, last_assistant_message: 'All is well.' };
const ended = { hook_event_name: 'SessionEnd', reason: 'other' };

function stateAfter(...events: readonly object[]): string {
  let [state, tick] = [undefined as SessionState | undefined, 0];
  for (const event of events) {
    const told = news(event);
    const from = { version: 1, program: 'codex', at: tick, tick: tick++, machine: 'm', pid: 1, started: 's' } as const;
    if (told) state = reduceAgent(state, { ...from, ...told });
  }
  return [state?.state, state?.wait].filter((each) => each !== undefined).join(' ');
}

describe("an event of Codex's hooks", () => {
  it.each([
    [begins, { kind: 'start' }],
    [{ ...begins, source: 'fork' }, { kind: 'start' }],
    [prompted, { kind: 'prompt' }],
    [asks, { kind: 'asks', wait: 'permission', said: 'Bash: touch /x', asked: [expect.any(String)] }],
    [asked, { kind: 'asks', wait: 'question', said: 'Which one?', asked: [expect.any(String)] }],
    [used, { kind: 'used', asked: [expect.any(String)] }],
    [interrupted, { kind: 'rests' }],
    [
      { hook_event_name: 'SubagentStop', agent_id: 'h', agent_type: 'x' },
      { kind: 'helperEnded', helper: 'h' },
    ],
    [stopped, { kind: 'stop', said: 'All is well.' }],
    [{ ...stopped, last_assistant_message: null }, { kind: 'stop' }],
    [ended, { kind: 'end' }],
  ])('%j is %j', (event, said) => {
    expect(news(event)).toEqual({ session: '01a2-b', ...said });
  });

  it.each([
    [{ ...begins, source: 'compact' }],
    [{ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: {} }],
    [{ ...asked, tool_name: 'AskUserQuestion' }],
    [{ hook_event_name: 'PreCompact', trigger: 'auto' }],
    [{ ...stopped, session_id: '../x' }],
  ])('%j says nothing that the state depends on', (event) => {
    expect(news(event)).toBeUndefined();
  });

  it('that asks is over with the tool that it asked for, although only the question says why', () => {
    expect(stateAfter(begins, prompted, asks)).toBe('waiting permission');
    expect(stateAfter(begins, prompted, asks, { ...used, tool_input: { command: 'ls' } })).toBe('waiting permission');
    expect(stateAfter(begins, prompted, asks, used)).toBe('working');
    expect(stateAfter(begins, prompted, asked)).toBe('waiting question');
    expect(stateAfter(begins, prompted, asked, answered)).toBe('working');
  });

  it.each([
    ['forbidden', [begins, prompted, asks, interrupted], 'idle'],
    ['stopped by the person', [begins, prompted, interrupted], 'idle'],
    ['done', [begins, prompted, used, stopped], 'done'],
    ['interrupted when it was done', [begins, prompted, stopped, interrupted], 'done'],
    ['over', [begins, prompted, stopped, ended], 'ended'],
    ['over before the end of a tool was told', [begins, prompted, ended, used], 'ended'],
    ['of an unseen beginning', [used], 'working'],
    ['of an unseen question', [stopped, asks], 'waiting permission'],
    ['begun anew', [begins, prompted, ended, begins], 'idle'],
    ['told of twice', [begins, begins, prompted, prompted, asks, asks, used], 'working'],
  ])('a session that is %s', (_, events, state) => {
    expect(stateAfter(...events)).toBe(state);
  });
});
