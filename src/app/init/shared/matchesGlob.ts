/**
 * Whether a pattern of a repository's means a name: `*` stands for any text within a part, `**` for one part or more. Takes no longer than
 * both are long together, times over: a regular expression of several `*` would try all ways to divide the name among them.
 */
export function matchesGlob(pattern: string, name: string, separator = '/'): boolean {
  const parts = pattern.split(separator).flatMap((part) => (part === '**' ? ['*', '**'] : [part]));
  const isPart = (part: string, of: string): boolean =>
    fits(
      [...part],
      [...of],
      (sign) => sign === '*',
      (sign, letter) => sign === letter,
    );
  return fits(parts, name.split(separator), (part) => part === '**', isPart);
}

/** Of several that stand for any number each, only the last one has to be tried at other lengths. */
function fits(
  pattern: readonly string[],
  of: readonly string[],
  isAny: (sign: string) => boolean,
  isSame: (sign: string, one: string) => boolean,
): boolean {
  let [at, read] = [0, 0];
  let last: { readonly at: number; read: number } | undefined;
  for (let one = of[read]; one !== undefined; one = of[read]) {
    const sign = pattern[at];
    if (sign !== undefined && isAny(sign)) {
      last = { at: ++at, read };
    } else if (sign !== undefined && isSame(sign, one)) {
      at++;
      read++;
    } else if (last) {
      at = last.at;
      read = ++last.read;
    } else return false;
  }
  return pattern.slice(at).every(isAny);
}
