import { isObject } from '../../core/records/isObject';
import { byHand, isOurs, type Entry } from './entry';
import { parseToml, says, withBlock, type TomlTable } from './tomlText';

const file = '.config/wt.toml';
const hooks = [
  ['pre-start', ''],
  ['pre-remove', ' --remove'],
] as const;

/**
 * worktrunk waits for these two, and stops where one fails: what starts with the worktree (`wt switch --execute`) does not start, and
 * the worktree does not go. Blocks of one hook run one after the other, so ours comes after what is there.
 */
export const worktrunkEntry: Entry = {
  file,
  userFile: '.config/worktrunk/config.toml',
  movedBy: ['XDG_CONFIG_HOME', 'worktrunk/config.toml'],
  add(text, call) {
    let result = text;
    for (const [hook, option] of hooks) {
      const command = `${call.unix} hook worktrunk${option}`;
      const value = parseToml(result, file);
      const there = value[hook];
      const block = blockOf(hook, command);
      if (there !== undefined && !Array.isArray(there))
        throw byHand(
          `its ${hook} is no list of blocks, and what is in it would run at the same time`,
          file,
          `what is there now as a block [[${hook}]], and after it:\n${block}`,
        );
      const blocks: readonly unknown[] = there ?? [];
      const ours = blocks.filter(isOurBlock);
      if (ours.some((each) => commandOf(each) === command)) continue;
      if (ours.length > 0) throw byHand(`its ${hook} calls Coppice in another way`, file, block);
      const next = withBlock(result, block);
      if (!says(next, { ...value, [hook]: [...blocks, { coppice: command }] }))
        throw byHand('a block at its end would not be read as one of its own', file, block);
      result = next;
    }
    return result ?? '';
  },
  remove(text) {
    let result = text;
    for (const [hook] of hooks) {
      const value = parseToml(result, file);
      const blocks: readonly unknown[] = Array.isArray(value[hook]) ? value[hook] : [];
      const ours = blocks.filter(isOurBlock);
      for (const each of ours) {
        const block = blockOf(hook, commandOf(each)).trimEnd();
        const next = cut(result, block);
        if (next === undefined || !says(next, without(parseToml(result, file), hook, each)))
          throw byHand('its block was changed', file, `Nothing; take this away:\n${block}`);
        result = next;
      }
    }
    return result !== text && result.trim() === '' ? undefined : result;
  },
};

function blockOf(hook: string, command: string): string {
  return `[[${hook}]]\ncoppice = ${JSON.stringify(command)}\n`;
}

function commandOf(block: unknown): string {
  const command = isObject(block) ? block['coppice'] : undefined;
  return typeof command === 'string' ? command : '';
}

function isOurBlock(block: unknown): boolean {
  return isObject(block) && isOurs(block['coppice'], 'worktrunk');
}

function without(value: TomlTable, hook: string, block: unknown): TomlTable {
  const { [hook]: blocks, ...rest } = value;
  const kept = Array.isArray(blocks) ? blocks.filter((each) => JSON.stringify(each) !== JSON.stringify(block)) : [];
  return kept.length === 0 ? rest : { ...value, [hook]: kept };
}

/** With the empty lines before it. undefined: it is not there in just these words. */
function cut(text: string, block: string): string | undefined {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const wanted = block.replaceAll('\n', eol);
  const at = text.indexOf(wanted);
  if (at < 0) return undefined;
  const before = text.slice(0, at).replace(/(?:\r?\n[ \t]*)+$/, '');
  const after = text.slice(at + wanted.length).replace(/^\r?\n/, '');
  return before === '' ? after : `${before}${eol}${after}`;
}
