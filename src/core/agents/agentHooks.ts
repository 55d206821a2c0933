import type { AgentNews, AgentProgramName } from './agentEvent';
import { claudeNews } from './claudeNews';
import { codexNews } from './codexNews';
import { geminiNews } from './geminiNews';
import { opencodeNews } from './opencodeNews';

/** How a program tells by its hooks what its sessions do. */
export interface AgentHooks {
  /** @param text what a hook is given; undefined: nothing that the state depends on */
  readonly news: (text: string) => AgentNews | undefined;
  /** Variables of a hook: the folder that the session was started in, and its process. Without: where the hook runs, and who calls it. */
  readonly folder?: string;
  readonly pid?: string;
  /** A variable that is `0` where nobody sits in front of the session (`claude -p`). */
  readonly attended?: string;
}

/** A row a program. */
export const agentHooks: Readonly<Record<AgentProgramName, AgentHooks>> = {
  'claude-code': {
    news: claudeNews,
    folder: 'CLAUDE_PROJECT_DIR',
    pid: 'CLAUDE_PID',
    attended: 'CLAUDE_CODE_SESSION_ATTENDED',
  },
  codex: { news: codexNews },
  gemini: { news: geminiNews, folder: 'GEMINI_PROJECT_DIR' },
  opencode: { news: opencodeNews },
};
