const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) /;

/** A line as a cluster gives it that was asked for times. `at`: RFC 3339, as it was told; undefined: it has none. */
export function timedLine(line: string): { readonly at: string | undefined; readonly text: string } {
  const found = time.exec(line);
  return found ? { at: found[1], text: line.slice(found[0].length) } : { at: undefined, text: line };
}
