import { isObject } from '../../core/records/isObject';
import { byHand, isOurs, type Entry } from './entry';
import { parseToml, says, withBlock, type TomlTable } from './tomlText';

const file = '.codex/environments/environment.toml';
const tables = [
  ['setup', ''],
  ['cleanup', ' --remove'],
] as const;
const begin = 'version = 1\nname = "Coppice"\n';

/**
 * Codex runs the script of `setup` in each worktree that it makes, and that of `cleanup` before it removes one; scripts of a system
 * stand in for the general one. Ours is the last line: how a script ends is how its last command ends.
 */
export const codexEntry: Entry = {
  file,
  add(text, call) {
    let result = text === undefined || text.trim() === '' ? begin : text;
    for (const [table, option] of tables) {
      const command = `${call.unix} hook codex${option}`;
      for (const path of scriptsOf(parseToml(result, file), table)) {
        const script = scriptAt(parseToml(result, file), path);
        const lines = (script ?? '').split('\n');
        if (lines.some((line) => line.trim() === command)) continue;
        if (lines.some((line) => isOurs(line, 'codex')))
          throw byHand(`the script of ${path.join('.')} calls Coppice in another way`, file, command);
        const next = withLine(result, path, script, command);
        if (next === undefined)
          throw byHand(`how the script of ${path.join('.')} is written is not sure to be read right`, file, command);
        result = next;
      }
    }
    return result;
  },
  noteOf: () => 'With --user Codex also tells what its sessions do: that is written into your own settings of it.',
  remove(text) {
    let result = text;
    for (const [table] of tables) {
      for (const path of scriptsOf(parseToml(result, file), table)) {
        const script = scriptAt(parseToml(result, file), path);
        if (!script?.split('\n').some((line) => isOurs(line, 'codex'))) continue;
        const next = withoutLine(result, path, script);
        if (next === undefined)
          throw byHand(
            `how the script of ${path.join('.')} is written is not sure to be read right`,
            file,
            'Nothing; take the line with Coppice away.',
          );
        result = next;
      }
    }
    return result !== text && result.trim() === begin.trim() ? undefined : result;
  },
};

/** The tables whose scripts run: the general one, and those of systems that stand in for it. */
function scriptsOf(value: TomlTable, table: string): readonly (readonly string[])[] {
  const own = value[table];
  const systems = isObject(own) ? Object.entries(own).filter(([, each]) => isObject(each) && 'script' in each) : [];
  return [[table], ...systems.map(([system]) => [table, system])];
}

/** undefined: there is no such table, or no script in it. */
function scriptAt(value: TomlTable, path: readonly string[]): string | undefined {
  const table = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
  const script = isObject(table) ? table['script'] : undefined;
  return typeof script === 'string' ? script : undefined;
}

function withScript(value: TomlTable, path: readonly string[], script: string | undefined): TomlTable {
  const [key = '', ...rest] = path;
  const inner = isObject(value[key]) ? value[key] : {};
  if (rest.length > 0) return { ...value, [key]: withScript(inner, rest, script) };
  const { script: _before, ...others } = inner;
  if (script !== undefined) return { ...value, [key]: { ...others, script } };
  const { [key]: _table, ...without } = value;
  return Object.keys(others).length === 0 ? without : { ...value, [key]: others };
}

/** undefined: no way of writing it is sure to change nothing else. */
function withLine(
  text: string,
  path: readonly string[],
  script: string | undefined,
  command: string,
): string | undefined {
  const value = parseToml(text, file);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  if (script === undefined) {
    const next = withBlock(text, `[${path.join('.')}]\nscript = ${JSON.stringify(command)}\n`);
    return says(next, withScript(value, path, command)) ? next : undefined;
  }
  const wanted = script.trim() === '' ? command : `${script.replace(/\n*$/, '')}\n${command}\n`;
  return replaced(text, path, script.trim() === '' ? JSON.stringify(command) : quoted(wanted, eol), wanted);
}

function withoutLine(text: string, path: readonly string[], script: string): string | undefined {
  const kept = script.split('\n').filter((line) => !isOurs(line, 'codex'));
  const isEmpty = kept.every((line) => line.trim() === '');
  if (isEmpty) {
    const alone = `[${path.join('.')}]\nscript = ${JSON.stringify(script)}`;
    const at = text.replaceAll('\r\n', '\n').indexOf(alone);
    const next =
      at < 0
        ? undefined
        : text
            .replaceAll('\r\n', '\n')
            .replace(alone, '')
            .replace(/\n{3,}/g, '\n\n');
    const tidy = next === undefined ? undefined : `${next.trim()}\n`;
    if (tidy !== undefined && says(tidy, withScript(parseToml(text, file), path, undefined))) return tidy;
    return replaced(text, path, '""', '');
  }
  const wanted = kept.join('\n');
  return replaced(text, path, quoted(wanted, text.includes('\r\n') ? '\r\n' : '\n'), wanted);
}

/** A literal of several lines, or of one with escapes where that cannot hold it. */
function quoted(script: string, eol: string): string {
  return script.includes("'''") || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(script) || script.endsWith("'")
    ? JSON.stringify(script)
    : `'''${eol}${script.replaceAll('\n', eol)}'''`;
}

/** The value of a table's `script`, however it is written now. Checked by reading it again: what looks like one may be in a text. */
function replaced(text: string, path: readonly string[], literal: string, script: string): string | undefined {
  const wanted = withScript(parseToml(text, file), path, script);
  const header = new RegExp(`^[ \\t]*\\[[ \\t]*${path.join('[ \\t]*\\.[ \\t]*')}[ \\t]*\\][^\\n]*$`, 'gm');
  for (const found of text.matchAll(header)) {
    const from = found.index + found[0].length;
    const value = /^[ \t]*script[ \t]*=[ \t]*('''[^]*?'''|"""(?:\\[^]|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*')/m.exec(
      text.slice(from),
    );
    const [whole = '', old = ''] = value ?? [];
    if (!value) continue;
    const start = from + value.index + whole.length - old.length;
    const next = text.slice(0, start) + literal + text.slice(start + old.length);
    if (says(next, wanted)) return next;
  }
  return undefined;
}
