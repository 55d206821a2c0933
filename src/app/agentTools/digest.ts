/** What an agent is told at a time: more would fill what it can keep in mind. */
const maxTokens = 950;
const maxLine = 400;

/**
 * As many lines, from the first on, as fit into an answer; the last one, which says where all of it is, always does.
 *
 * @param file with all of it; undefined: it could not be written
 */
export function digest(lines: readonly string[], file: string | undefined): string {
  const rest = file === undefined ? '' : `All of it: ${file}`;
  let left = maxTokens - tokensAtMost(rest) - 20;
  const kept: string[] = [];
  for (const line of lines) {
    const text = line.length > maxLine ? `${line.slice(0, maxLine)}…` : line;
    left -= tokensAtMost(text) + 1;
    if (left < 0) break;
    kept.push(text);
  }
  const missing = lines.length - kept.length;
  return [...kept, ...(missing > 0 ? [`(${missing} lines more)`] : []), ...(rest === '' ? [] : [rest])].join('\n');
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
 * Not less than a tokenizer would count: a token is at least a byte, and of what reads like a word at least two letters. Usual words are far
 * fewer; a space before one is a part of it.
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
