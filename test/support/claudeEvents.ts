export interface ClaudeEvent {
  readonly event: string;
  /** What it tells besides what every event does. */
  readonly told: Readonly<Record<string, unknown>>;
}

export const ask = { tool_name: 'Bash', tool_input: { command: 'npm test' } };
const options = [
  { label: 'one', description: 'the first' },
  { label: 'two', description: 'the second' },
];
export const question = {
  tool_name: 'AskUserQuestion',
  tool_input: { questions: [{ question: 'Which one?', header: 'One', options, multiSelect: false }] },
};
export const plan = { tool_name: 'ExitPlanMode', tool_input: { plan: '# Do it' } };
const helper = { agent_id: 'helper', agent_type: 'general-purpose' };
const end = { stop_hook_active: false };

/**
 * What a session of Claude Code tells by its hooks, one event after the other, and what it does then, as `list` says it.
 * `test/contract/tools/claudeHooks.test.ts` holds the events against the types of Claude Code's own package.
 */
export const claudeSteps: readonly (ClaudeEvent & { readonly state: string })[] = [
  { event: 'SessionStart', told: { source: 'startup' }, state: 'idle' },
  { event: 'UserPromptSubmit', told: { prompt: 'do it' }, state: 'working' },
  { event: 'PermissionRequest', told: ask, state: 'waiting permission' },
  { event: 'PostToolBatch', told: { tool_calls: [] }, state: 'working' },
  { event: 'PermissionRequest', told: ask, state: 'waiting permission' },
  { event: 'PermissionDenied', told: { ...ask, tool_use_id: 't', reason: 'no' }, state: 'working' },
  { event: 'PermissionRequest', told: ask, state: 'waiting permission' },
  { event: 'PostToolUseFailure', told: { ...ask, tool_use_id: 't', error: 'exit 1' }, state: 'working' },
  { event: 'PreToolUse', told: { ...question, tool_use_id: 't' }, state: 'waiting question' },
  { event: 'PostToolBatch', told: { tool_calls: [] }, state: 'working' },
  { event: 'PermissionRequest', told: plan, state: 'waiting plan' },
  { event: 'UserPromptSubmit', told: { prompt: 'other' }, state: 'working' },
  { event: 'PermissionRequest', told: { ...ask, ...helper }, state: 'working' },
  {
    event: 'Notification',
    told: { notification_type: 'permission_prompt', message: 'm' },
    state: 'waiting permission',
  },
  { event: 'SubagentStop', told: { ...helper, ...end, agent_transcript_path: '/t' }, state: 'working' },
  { event: 'Stop', told: { ...end, last_assistant_message: 'All is well.\nReally.' }, state: 'done' },
  { event: 'StopFailure', told: { error: 'rate_limit' }, state: 'waiting error' },
  { event: 'SessionEnd', told: { reason: 'other' }, state: '' },
];
