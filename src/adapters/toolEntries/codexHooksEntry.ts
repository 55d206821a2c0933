import { AppError } from '../../core/errors';
import type { Entry } from './entry';
import { refuseOtherForms, withHook, withoutHooks, type HookFile } from './hookGroups';
import { isBare, parseJson } from './jsonText';

const file = '.codex/hooks.json';
const here: HookFile = { tool: 'codex', file };
const events = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PermissionRequest',
  'PostToolUse',
  'Stop',
  'Interrupt',
  'SubagentStop',
  'SessionEnd',
] as const;
type Event = (typeof events)[number];

/** Of all tools this one is a question to the person. */
const matchers: Partial<Record<Event, string>> = { PreToolUse: '^request_user_input$' };
/** What it waits for: a session that begins is told what its worktree has, and it runs no other hook beside its own end. */
const waitedFor: ReadonlySet<Event> = new Set(['SessionStart', 'SessionEnd']);
/** Seconds; of these it allows no more, and says so at each start. */
const timeout = 10;
const timeouts: Partial<Record<Event, number>> = { Interrupt: 3, SessionEnd: 3 };
const known: ReadonlySet<string> = new Set(['description', 'hooks']);

/**
 * The user's hooks of Codex 0.171.0 tell what its sessions do. In a repository it has no such file that is one person's: `hooks.json`
 * there is everybody's. Of an event that it does not know Codex passes over that one alone, but of a file with a comment or with
 * another name beside `hooks` it reads nothing at all.
 */
export const codexHooksEntry: Entry = {
  file,
  userFile: file,
  movedBy: ['CODEX_HOME', 'hooks.json'],
  add(text, call) {
    refuseOtherForms(text, here, events);
    refuseUnread(text);
    let result = text;
    for (const event of events) {
      const command = `${call.unix} hook codex --state $PPID`;
      const beside = waitedFor.has(event) ? {} : { async: true };
      const hook = { type: 'command', command, timeout: timeouts[event] ?? timeout, ...beside };
      result = withHook(result, here, event, hook, matchers[event]);
    }
    return result ?? '';
  },
  noteOf: () => 'Codex runs a hook once you have looked at it: it asks at its next start, or /hooks shows them.',
  remove(text) {
    const result = withoutHooks(text, here, events);
    return result !== text && isBare(result) ? undefined : result;
  },
};

function refuseUnread(text: string | undefined): void {
  const other = Object.keys(parseJson(text, file)).find((name) => !known.has(name));
  const why = other === undefined ? commentIn(text) : `it knows no ${JSON.stringify(other)}`;
  if (why === undefined) return;
  throw new AppError(
    'conflict',
    `${file} is left as it is: Codex reads nothing of it, as ${why}. Mend that, and try again.`,
  );
}

function commentIn(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'it is JSON with a comment, or with a comma too many';
  }
}
