import { describe, expect, it } from 'vitest';
import { claudeNews } from '../../../../src/core/agents/claudeNews';

/** As `BaseHookInput` has it. */
const base = { session_id: 'a-1', transcript_path: '/t', cwd: '/w' };
const news = (event: object): unknown => claudeNews(JSON.stringify({ ...base, ...event }));

describe("an event of Claude Code's hooks", () => {
  it.each([
    [{ hook_event_name: 'SessionStart', source: 'startup' }, { kind: 'start' }],
    [{ hook_event_name: 'SessionStart', source: 'resume' }, { kind: 'start' }],
    [{ hook_event_name: 'UserPromptSubmit', prompt: 'do' }, { kind: 'prompt' }],
    [{ hook_event_name: 'PostToolBatch', tool_calls: [] }, { kind: 'used' }],
    [
      { hook_event_name: 'Notification', notification_type: 'permission_prompt', message: 'm' },
      { kind: 'notified', wait: 'permission' },
    ],
    [
      { hook_event_name: 'Notification', notification_type: 'elicitation_dialog', message: 'm' },
      { kind: 'notified', wait: 'question' },
    ],
    [{ hook_event_name: 'Notification', notification_type: 'idle_prompt', message: 'm' }, { kind: 'rests' }],
    [
      {
        hook_event_name: 'Stop',
        last_assistant_message: '\n## **Done**: all `7` pass\nand more',
        background_tasks: [],
      },
      { kind: 'stop', said: 'Done: all 7 pass' },
    ],
    [
      { hook_event_name: 'StopFailure', error: 'authentication_failed', last_assistant_message: 'Not logged in' },
      { kind: 'fail', said: 'Not logged in' },
    ],
    [
      { hook_event_name: 'StopFailure', error: 'rate_limit' },
      { kind: 'fail', said: 'rate_limit' },
    ],
    [
      { hook_event_name: 'SubagentStop', agent_id: 'h', agent_type: 'x', stop_hook_active: false },
      { kind: 'helperEnded', helper: 'h' },
    ],
    [{ hook_event_name: 'SessionEnd', reason: 'other' }, { kind: 'end' }],
  ])('%j is %j', (event, said) => {
    expect(news(event)).toEqual({ session: 'a-1', ...said });
  });

  it.each([
    ['Bash', { command: 'npm test\nand more' }, 'permission', 'Bash: npm test'],
    ['Edit', { file_path: '/w/a.ts', old_string: 'a' }, 'permission', 'Edit: /w/a.ts'],
    ['mcp__x__y', null, 'permission', 'mcp__x__y'],
    ['AskUserQuestion', { questions: [{ question: 'Which one?' }] }, 'question', 'Which one?'],
    ['ExitPlanMode', { plan: '# The plan\n1. do' }, 'plan', 'The plan'],
  ])('a request for %s is told with what is asked', (tool_name, tool_input, wait, said) => {
    const asked = news({ hook_event_name: 'PermissionRequest', tool_name, tool_input });
    expect(asked).toMatchObject({ kind: 'asks', wait, said, asked: [expect.any(String)] });
    // What has ended is known by the same words as what was asked for, which has no id.
    const ended = news({ hook_event_name: 'PostToolUse', tool_name, tool_input, tool_response: {}, tool_use_id: 't' });
    expect(ended).toMatchObject({ kind: 'used', asked: (asked as { asked: string[] }).asked });
  });

  it('what is asked for is told apart by its input', () => {
    const asked = (command: string): unknown =>
      (news({ hook_event_name: 'PermissionRequest', tool_name: 'Bash', tool_input: { command } }) as { asked: unknown })
        .asked;
    expect(asked('ls a')).not.toEqual(asked('ls b'));
  });

  it.each([
    [{ type: 'subagent' }, true],
    [{ type: 'workflow' }, true],
    // A server that an agent has started runs for good.
    [{ type: 'shell', command: 'npm run dev' }, undefined],
  ])('a turn that ends with %j behind it', (task, isBusy) => {
    const background_tasks = [{ id: 'b', status: 'running', description: 'd', ...task }];
    expect(news({ hook_event_name: 'Stop', stop_hook_active: false, background_tasks })).toEqual({
      session: 'a-1',
      kind: 'stop',
      ...(isBusy ? { isBusy } : {}),
    });
  });

  it.each([
    [{ hook_event_name: 'SessionStart', source: 'compact' }],
    [{ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: {} }],
    [{ hook_event_name: 'PreToolUse', tool_name: 'constructor', tool_input: {} }],
    [{ hook_event_name: 'Notification', notification_type: 'auth_success', message: 'm' }],
    [{ hook_event_name: 'Notification', notification_type: 'toString', message: 'm' }],
    [{ hook_event_name: 'SomethingNew' }],
    [{ hook_event_name: 'Stop', session_id: '../../x' }],
    [{ hook_event_name: 'Stop', session_id: 7 }],
  ])('%j says nothing that the state depends on', (event) => {
    expect(news(event)).toBeUndefined();
  });

  it.each(['', 'no json', '[]', 'null', '7'])('%j is no event', (text) => {
    expect(claudeNews(text)).toBeUndefined();
  });

  it('what it said is one short line that commands no terminal', () => {
    const said = news({ hook_event_name: 'Stop', last_assistant_message: `\u001b]0;x\u0007${'a\u202e'.repeat(400)}` });
    expect(said).toMatchObject({ said: expect.stringMatching(/^(?:a )+a?…$|^[a ]+…$/) });
    expect([...(said as { said: string }).said].length).toBeLessThanOrEqual(200);
  });
});
