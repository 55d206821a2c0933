/** Where in an environment file the cursor is. */
export interface Cursor {
  /** Keys from the root to the map that the cursor is in. */
  readonly path: readonly string[];
  /** The key of the value that the cursor is in; undefined: it is at a key. */
  readonly valueOf: string | undefined;
  /** Keys that the map has already. */
  readonly present: readonly string[];
}

/**
 * Finds the place by indentation and brackets, in a text that is being typed and so is often no valid YAML.
 *
 * @param line 0-based
 * @param column 0-based
 */
export function cursorAt(text: string, line: number, column: number): Cursor {
  const lines = text.split(/\r?\n/);
  const current = lines[line] ?? '';
  const before = withoutComment(current.slice(0, column));
  const indent = indentOf(current.trim() === '' ? current.slice(0, column) : current);
  const parents = parentsOf(lines, line, indent);
  const flow = openFlow(before);
  if (flow) {
    const ownKey = /^\s*([\w.-]+)\s*:/.exec(before)?.[1];
    const path = [...parents.path, ...(ownKey === undefined ? [] : [ownKey]), ...flow.keys];
    const valueOf = /(?:^|[{,])\s*([\w.-]+)\s*:\s*[^,{}]*$/.exec(flow.rest)?.[1];
    const inside = current.slice(flow.start + 1).replace(/\}.*$/, '');
    return { path, valueOf, present: [...inside.matchAll(/(?:^|,)\s*([\w.-]+)\s*:/g)].map((match) => match[1] ?? '') };
  }
  const valueOf = /^\s*([\w.-]+)\s*:\s+.*$/.exec(before)?.[1];
  return { path: parents.path, valueOf, present: siblingsOf(lines, line, indent, parents.line) };
}

function parentsOf(lines: readonly string[], line: number, indent: number): { path: string[]; line: number } {
  const path: string[] = [];
  let limit = indent;
  let nearest = -1;
  for (let at = line - 1; at >= 0 && limit > 0; at--) {
    const text = withoutComment(lines[at] ?? '');
    const key = /^\s*([\w.-]+)\s*:\s*$/.exec(text)?.[1];
    if (text.trim() === '' || indentOf(text) >= limit) continue;
    limit = indentOf(text);
    if (key === undefined) continue;
    if (nearest === -1) nearest = at;
    path.unshift(key);
  }
  return { path, line: nearest };
}

function siblingsOf(lines: readonly string[], line: number, indent: number, parentLine: number): string[] {
  const found: string[] = [];
  for (let at = parentLine + 1; at < lines.length; at++) {
    const text = withoutComment(lines[at] ?? '');
    if (text.trim() === '') continue;
    if (indentOf(text) < indent && at > line) break;
    const key = /^\s*([\w.-]+)\s*:/.exec(text)?.[1];
    if (at !== line && key !== undefined && indentOf(text) === indent) found.push(key);
  }
  return found;
}

/** The innermost `{` that is open at the end of the text, and the keys on the way to it. */
function openFlow(text: string): { keys: string[]; rest: string; start: number } | undefined {
  const open: { start: number; key: string | undefined }[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') open.push({ start: at, key: /([\w.-]+)\s*:\s*$/.exec(text.slice(0, at))?.[1] });
    if (text[at] === '}') open.pop();
  }
  const innermost = open.at(-1);
  if (!innermost) return undefined;
  // The first bracket belongs to the line's own key.
  const keys = open.slice(1).flatMap(({ key }) => (key === undefined ? [] : [key]));
  return { keys, rest: text.slice(innermost.start), start: innermost.start };
}

function withoutComment(text: string): string {
  return text.replace(/(^|\s)#.*$/, '$1');
}

function indentOf(text: string): number {
  return /^ */.exec(text)?.[0].length ?? 0;
}
