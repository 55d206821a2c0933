/** What a file of variables says, as far as it is said in one line. */
export function variablesIn(text: string): [name: string, value: string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, name, written = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) return [];
    const [, quoted] = /^(?:"([^"]*)"|'([^']*)')/.exec(written) ?? [];
    return [[name, quoted ?? written.replace(/^'([^']*)'.*$/, '$1').replace(/\s+#.*$/, '')]];
  });
}
