import { plural } from '../../core/text/plural';
import { withoutSequences } from '../../core/text/terminalText';

/** What an agent is told at a time: more would fill what it can keep in mind. */
const maxTokens = 950;
const maxLine = 400;
/** So many lines are told, however long they are: what is wrong, by what it is known, and what to do. */
const leastLines = 6;

/**
 * As many lines, from the first on, as fit into an answer; the last one, which says where all of it is, always does. Where the first few
 * would not fit, each line is cut so far that they do.
 *
 * @param file with all of it; undefined: it could not be written
 */
export function digest(lines: readonly string[], file: string | undefined): string {
  const rest = file === undefined ? '' : `All of it: ${file}`;
  const room = maxTokens - tokensAtMost(rest) - 20;
  const short = (line: string): string => {
    const told = plain(line);
    return told.length > maxLine ? `${told.slice(0, maxLine)}…` : told;
  };
  const first = lines.slice(0, leastLines).map(short);
  const isRoomy = first.reduce((sum, line) => sum + tokensAtMost(line) + 1, 0) <= room;
  const share = isRoomy ? room : Math.floor(room / first.length) - 1;
  let left = room;
  const kept: string[] = [];
  for (const line of lines) {
    const text = cut(short(line), share);
    left -= tokensAtMost(text) + 1;
    if (left < 0) break;
    kept.push(text);
  }
  const missing = lines.length - kept.length;
  const more = missing > 0 ? [`(${plural(missing, 'line')} more)`] : [];
  return [...kept, ...more, ...(rest === '' ? [] : [rest])].join('\n');
}

/** What others wrote, or an agent gave, must not move the cursor of the terminal that it is shown in, nor turn what stands there around. */
function plain(line: string): string {
  return withoutSequences(line).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    /[\t\n]/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

const ellipsis = '…';

/** Its beginning, of no more tokens than these. */
function cut(line: string, tokens: number): string {
  if (tokensAtMost(line) <= tokens) return line;
  let left = tokens - tokensAtMost(ellipsis);
  let length = 0;
  for (const [part] of line.matchAll(parts)) {
    const count = tokensAtMost(part);
    // Of letters, which are no less than their tokens, as many as there is room for.
    length += count <= left ? part.length : part.length > 2 ? Math.max(0, left) : 0;
    left -= count;
    if (left < 0) break;
  }
  return line.slice(0, length) + ellipsis;
}

/** Letters that a tokenizer may know by heart: no more than three consonants in a row, and no capital within. */
function readsLikeWord(letters: string): boolean {
  return (
    letters.length <= 40 &&
    /^[A-Za-z][a-z]*$/.test(letters) &&
    !/[b-df-hj-np-tv-xz]{4}/i.test(letters) &&
    /[aeiouy]/i.test(letters)
  );
}

const parts = / ?[A-Za-z]+|[^A-Za-z]/gu;

/**
 * Of a text hardly less than a tokenizer would count: a token is at least a byte, and of what reads like a word two letters, though a short
 * one that is none may be one or two more (o200k_base: of four letters drawn at random one in four). Usual words are far fewer; a space before
 * one is a part of it.
 */
export function tokensAtMost(text: string): number {
  let count = 0;
  for (const [part] of text.matchAll(parts)) {
    const code = part.codePointAt(0) ?? 0;
    const letters = part.trimStart();
    if (/^[A-Za-z]/.test(letters)) count += readsLikeWord(letters) ? Math.ceil(letters.length / 2) : letters.length;
    else count += code < 128 ? 1 : code < 2048 ? 2 : code < 65_536 ? 3 : 4;
  }
  return count;
}
