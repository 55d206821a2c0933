const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * What stands in the parentheses of the first call that begins so, without comments.
 *
 * @param begins ends with the parenthesis
 * @returns undefined: there is no such call, or it does not end
 */
export function callText(text: string, begins: RegExp): string | undefined {
  const found = begins.exec(text);
  if (found === null) return undefined;
  const open = [')'];
  const plain = /[^'"`()[\]{}/]+/y;
  const parts: string[] = [];
  for (let at = found.index + found[0].length; at < text.length;) {
    plain.lastIndex = at;
    const run = plain.exec(text)?.[0];
    if (run !== undefined) {
      parts.push(run);
      at += run.length;
      continue;
    }
    if (text.startsWith('//', at) || text.startsWith('/*', at)) {
      const isLine = text[at + 1] === '/';
      const end = text.indexOf(isLine ? '\n' : '*/', at + 2);
      if (end < 0) return undefined;
      at = isLine ? end : end + 2;
      continue;
    }
    const char = text[at] ?? '';
    const isString = /['"`]/.test(char);
    const end = isString ? endOfString(text, at) : at + 1;
    if (end === undefined) return undefined;
    if (!isString) {
      const closes = closing[char];
      if (closes !== undefined) open.push(closes);
      else if (char === open.at(-1)) open.pop();
      if (open.length === 0) return parts.join('');
    }
    parts.push(text.slice(at, end));
    at = end;
  }
  return undefined;
}

/** @returns undefined: it does not end, or not in its line, as only a template may */
function endOfString(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === quote) return at + 1;
    if (char === '\\') at++;
    else if (char === '\n' && quote !== '`') return undefined;
  }
  return undefined;
}
