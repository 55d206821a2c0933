import { byHand, isOurs, type Entry } from './entry';
import { isBare, parseJson, withValue } from './jsonText';

const file = '.cursor/worktrees.json';
const ofSystem = ['setup-worktree-unix', 'setup-worktree-windows'] as const;
const keys = [...ofSystem, 'setup-worktree'] as const;

/**
 * Cursor runs the list of the system that it is on, and the general one only where that is missing: so ours goes to the end of each
 * that is there, and to both systems' where none is. It has nothing that it calls when a worktree goes.
 */
export const cursorEntry: Entry = {
  file,
  add(text, call) {
    const value = parseJson(text, file);
    const there = keys.filter((key) => value[key] !== undefined);
    let result = text;
    for (const key of there.length > 0 ? there : ofSystem) {
      const words = 'hook cursor';
      const command = key === 'setup-worktree-unix' ? `${call.unix} ${words}` : call.anywhere(words);
      const commands = value[key] ?? [];
      if (!Array.isArray(commands))
        throw byHand(`${key} names a script`, file, `as the last command of that script: ${command}`);
      const index = commands.findIndex((each) => isOurs(each, 'cursor'));
      if (index < 0 && commands.length === 0) result = withValue(result, [key], [command]);
      else if (index < 0) result = withValue(result, [key, commands.length], command, true);
      else if (commands[index] !== command) result = withValue(result, [key, index], command);
    }
    return result ?? '';
  },
  remove(text) {
    let result = text;
    for (const key of keys) {
      const commands = parseJson(result, file)[key];
      if (!Array.isArray(commands)) continue;
      const kept = commands.filter((each) => !isOurs(each, 'cursor'));
      if (kept.length === commands.length) continue;
      if (kept.length === 0) result = withValue(result, [key], undefined);
      else
        for (const [index, each] of [...commands.entries()].reverse())
          if (isOurs(each, 'cursor')) result = withValue(result, [key, index], undefined);
    }
    return result !== text && isBare(result) ? undefined : result;
  },
};
