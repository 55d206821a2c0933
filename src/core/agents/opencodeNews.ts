import type { AgentNews } from './agentEvent';
import { hookNews, type HookDialect } from './hookNews';

const dialect: HookDialect = { questions: { question: 'question' } };

/**
 * What our plugin of OpenCode says of a session (`src/adapters/toolEntries/opencodePlugin.ts`): Claude Code's events by name, with an
 * `Interrupt` where the person stops a turn.
 *
 * @returns undefined: nothing that the state depends on, or no event at all
 */
export function opencodeNews(text: string): AgentNews | undefined {
  return hookNews(text, dialect);
}
