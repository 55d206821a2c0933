import { AppError } from '../../core/errors';
import { byHand, type Entry } from './entry';
import { findHook, hooksOf, handlersOf, refuseOtherForms, withHook, withoutHooks } from './hookGroups';
import { isBare, parseJson } from './jsonText';

const file = '.claude/settings.local.json';
const here = { tool: 'claude-code', file } as const;
/** Seconds. Coppice answers earlier (`coppice hook --limit`); a hook that is ended for its time has said nothing. */
const timeout = 600;
const worktreeEvents = ['WorktreeCreate', 'WorktreeRemove'];
/** By which Coppice knows what an agent is doing. */
const stateEvents = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PermissionRequest',
  'PermissionDenied',
  'PostToolUseFailure',
  // Once for all tools that were asked for together, where PostToolUse would be once for each.
  'PostToolBatch',
  'Notification',
  'Stop',
  'StopFailure',
  'SubagentStop',
  'SessionEnd',
];
const events = [...worktreeEvents, ...stateEvents];
/**
 * Before this version Claude Code passes over a whole settings file, what it denies included, for one event that it does not know; of
 * the events above it learned the last ones not long before.
 */
const statesFrom = '2.1.101';
/** Of all tools these two are questions to the person. */
const matchers: Readonly<Record<string, string>> = { PreToolUse: 'AskUserQuestion|ExitPlanMode' };
/**
 * What a session waits for: where it begins it is told what its worktree has, and where it ends, hooks that run beside it may be ended
 * with it. One that nobody has heard the end of would be taken for killed.
 */
const waitedFor: ReadonlySet<string> = new Set(['SessionStart', 'SessionEnd']);
/** Seconds. */
const stateTimeout = 10;

/**
 * Claude Code leaves the worktrees of `--worktree`, of subagents and of background sessions to the first two hooks; all others tell what
 * a session does, and run beside it. In the repository's local settings, which are no part of the repository and hold in all its
 * worktrees: which program makes worktrees is each person's own.
 */
export const claudeEntry: Entry = {
  file,
  isPersonal: true,
  userFile: '.claude/settings.json',
  movedBy: ['CLAUDE_CONFIG_DIR', 'settings.json'],
  alsoRead: ['.claude/settings.json'],
  add(text, call, version) {
    refuseOtherForms(text, here, events);
    const isOld = version !== undefined && !knowsStates(version);
    // What an older one does not know is taken away again, wherever it came from: with it none of the file would hold.
    let result = isOld && text !== undefined ? withoutHooks(text, here, stateEvents) : text;
    for (const event of version === undefined || isOld ? worktreeEvents : events) {
      const isState = stateEvents.includes(event);
      const command = `${call.unix} hook claude-code${isState ? ' --state' : ''}`;
      const groups = hooksOf(parseJson(result, file), event);
      const hook = isState
        ? { type: 'command', command, timeout: stateTimeout, ...(waitedFor.has(event) ? {} : { async: true }) }
        : { type: 'command', command, timeout };
      // Each of them makes a worktree, and which one the session gets is a matter of chance.
      if (event === 'WorktreeCreate' && !find(groups) && groups.some((group) => handlersOf(group).length > 0))
        throw byHand(
          'another WorktreeCreate hook is there, and each of them would make a worktree',
          file,
          `in its place: ${JSON.stringify(hook)}`,
        );
      result = withHook(result, here, event, hook, matchers[event]);
    }
    return result ?? '';
  },
  addedBeside(own, others) {
    const isHere = find(hooksOf(parseJson(own, file), 'WorktreeCreate')) !== undefined;
    for (const each of others) {
      const { file: other, text } = each;
      const groups = hooksOf(parseJson(text, other), 'WorktreeCreate');
      if (find(groups) && !isHere) return each;
      if (!find(groups) && groups.some((group) => handlersOf(group).length > 0))
        throw new AppError(
          'conflict',
          `Another WorktreeCreate hook is in ${other}, and each of them would make a worktree: nothing was written. Take that one away, and try again.`,
        );
    }
    return undefined;
  },
  noteBeside({ file: other, text }) {
    const settings = parseJson(text, other);
    if (stateEvents.some((event) => find(hooksOf(settings, event)))) return undefined;
    return `It tells nothing of what sessions do, only of their worktrees: connect again where it was written (--user), and it does.`;
  },
  noteOf(after, version) {
    const settings = parseJson(after, file);
    if (stateEvents.some((event) => find(hooksOf(settings, event)))) return undefined;
    const untold = 'Of its sessions Coppice knows only their worktrees, not whether they work or wait';
    if (version === undefined)
      return `${untold}: no claude was found that says its version. Connect again once there is one, from ${statesFrom} on.`;
    return `${untold}: Claude Code ${version} passes over all of its settings for one event that it does not know. Connect again once it is at least ${statesFrom}.`;
  },
  remove(text) {
    const result = withoutHooks(text, here, events);
    return result !== text && isBare(result) ? undefined : result;
  },
};

/** @param version as in `2.1.101` */
function knowsStates(version: string): boolean {
  const numbers = version.split('.').map(Number);
  const from = statesFrom.split('.').map(Number);
  const index = from.findIndex((each, place) => each !== numbers[place]);
  return index < 0 || (numbers[index] ?? 0) > (from[index] ?? 0);
}

function find(groups: readonly unknown[]): ReturnType<typeof findHook> {
  return findHook(groups, 'claude-code');
}
