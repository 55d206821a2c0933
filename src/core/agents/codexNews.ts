import type { AgentNews } from './agentEvent';
import { hookNews, type HookDialect } from './hookNews';

/** For what reason a command is asked for stands in its input only where it is asked for. */
const dialect: HookDialect = { questions: { request_user_input: 'question' }, askedOnly: 'description' };

/**
 * What an event of Codex's hooks says of its session (the schemas `*.command.input` in the program of @openai/codex 0.171.0). They are
 * Claude Code's by name, with an `Interrupt` where the person stops a turn or forbids what it asks for.
 *
 * @returns undefined: nothing that the state depends on, or no event at all
 */
export function codexNews(text: string): AgentNews | undefined {
  return hookNews(text, dialect);
}
