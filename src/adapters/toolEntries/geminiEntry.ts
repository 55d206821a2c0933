import type { Entry } from './entry';
import { refuseOtherForms, withHook, withoutHooks, type HookFile } from './hookGroups';
import { isBare } from './jsonText';

const file = '.gemini/settings.json';
const here: HookFile = { tool: 'gemini', file };
const events = ['SessionStart', 'BeforeAgent', 'Notification', 'AfterTool', 'AfterAgent', 'SessionEnd'];
/** Milliseconds. */
const timeout = 10_000;

/**
 * The hooks of Gemini CLI 0.61.0 in the user's settings tell what its sessions do. It waits for each. A repository's settings are
 * everybody's, and it reads those of the folder alone that it is started in.
 */
export const geminiEntry: Entry = {
  file,
  userFile: file,
  movedBy: ['GEMINI_CLI_HOME', file],
  isOnlyOfUser: true,
  add(text, call) {
    refuseOtherForms(text, here, events);
    const command = `${call.unix} hook gemini --state $PPID`;
    const hook = { type: 'command', name: 'coppice', command, timeout };
    return events.reduce<string | undefined>((result, event) => withHook(result, here, event, hook), text) ?? '';
  },
  noteOf: () => 'In your own settings, for every repository. Gemini CLI runs hooks only in folders that you trust.',
  remove(text) {
    const result = withoutHooks(text, here, events);
    return result !== text && isBare(result) ? undefined : result;
  },
};
