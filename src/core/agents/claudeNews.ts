import type { AgentNews } from './agentEvent';
import { hookNews, type HookDialect } from './hookNews';

const dialect: HookDialect = { questions: { AskUserQuestion: 'question', ExitPlanMode: 'plan' } };

/**
 * What an event of Claude Code's hooks says of its session (`HookInput` of @anthropic-ai/claude-agent-sdk 0.3.332).
 *
 * @returns undefined: nothing that the state depends on, or no event at all
 */
export function claudeNews(text: string): AgentNews | undefined {
  return hookNews(text, dialect);
}
