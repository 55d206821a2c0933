/** What a file of variables says, as far as it is said in one line. */
export function variablesIn(text: string): [name: string, value: string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, name, after = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=([^]*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const written = after.trim();
    const [, double, single] = /^(?:"([^"]*)"|'([^']*)')/.exec(written) ?? [];
    return [[name, double ?? single ?? withoutComment(written)]];
  });
}

function withoutComment(written: string): string {
  const at = written.search(/\s#/);
  return at < 0 ? written : written.slice(0, at).trimEnd();
}
