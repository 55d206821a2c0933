/**
 * Where a key of an environment file stands, in a text that is being typed: one of the root, or of what is in it.
 *
 * @returns 0-based; undefined: it is not there, or not on a line of its own
 */
export function keyLine(text: string, [section, name]: readonly [string, string?]): number | undefined {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => keyOf(line) === section);
  if (start === -1) return undefined;
  if (name === undefined) return start;
  let indent: number | undefined;
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const trimmed = line.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const own = line.length - trimmed.length;
    if (own === 0) return undefined;
    indent ??= own;
    if (own === indent && keyOf(trimmed) === name) return at;
  }
  return undefined;
}

function keyOf(line: string): string | undefined {
  const [, double, single, bare] = /^(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*:(?:\s|$)/.exec(line) ?? [];
  return double ?? single ?? bare;
}
