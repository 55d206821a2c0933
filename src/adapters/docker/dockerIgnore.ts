/** One line of a `.dockerignore`, understood. */
interface Rule {
  readonly isException: boolean;
  readonly pattern: RegExp;
  /** The parts before the first one with a wildcard: what it can match lies below these, or is one of them. */
  readonly literal: readonly string[];
}

/**
 * What a `.dockerignore` leaves out of a build, as https://docs.docker.com/build/concepts/context/#dockerignore-files says.
 * Where a pattern is unclear nothing is left out: the hash may see more than the build does, never less.
 */
export class DockerIgnore {
  readonly #rules: readonly Rule[];

  constructor(text: string) {
    this.#rules = text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .flatMap((line) => ruleOf(line));
  }

  /** @param path relative to the context, with `/` between its parts. A folder that is left out takes its content along. */
  ignores(path: string): boolean {
    const parts = path.split('/');
    const ways = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    let isIgnored = false;
    for (const { isException, pattern } of this.#rules) {
      if (isIgnored !== isException) continue;
      if (ways.some((way) => pattern.test(way))) isIgnored = !isException;
    }
    return isIgnored;
  }

  /** Whether an exception may bring back something in a folder that is left out. */
  mayKeepBelow(folder: string): boolean {
    const parts = folder.split('/');
    return this.#rules.some(
      ({ isException, literal }) =>
        isException && literal.every((part, index) => index >= parts.length || part === parts[index]),
    );
  }
}

/** A line that matches a file: what means something else in a pattern is any one character, since `\\` is a separator on Windows. */
export function ignoreLine(path: string): string {
  return path.replace(/[*?[\]\\\r\n]|^[!#\s]|\s$/g, '?');
}

function ruleOf(line: string): Rule[] {
  if (line.startsWith('#')) return [];
  let text = line.trim();
  const isException = text.startsWith('!');
  if (isException) text = text.slice(1).trim();
  const parts = cleaned(text);
  if (parts.length === 0) return [];
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  const literal = wild < 0 ? parts : parts.slice(0, wild);
  try {
    return [{ isException, pattern: new RegExp(`^${patternOf(parts.join('/'))}$`, 's'), literal }];
  } catch {
    // Docker itself refuses to build with it.
    return [];
  }
}

/** Without empty parts, `.` and what `..` takes back. */
function cleaned(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

/** `**` stands for any number of folders, `*` and `?` for characters of one part, `[a-z]` for one character. */
function patternOf(pattern: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') at++;
      source += at + 1 >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '\\' && at + 1 < pattern.length) source += literally(pattern.charAt(++at));
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 1);
      if (end < 0) throw new SyntaxError('a class that is not closed');
      source += pattern.slice(at, end + 1);
      at = end;
    } else source += literally(character);
  }
  return source;
}

function literally(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
