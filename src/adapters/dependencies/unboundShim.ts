/** A program that is longer is no shim. Bytes. */
export const longestShim = 64 * 1024;

/**
 * What the shim of a program says without naming the checkout that it lies in. pnpm up to 10 writes absolute paths into the NODE_PATH of
 * its own (@zkochan/cmd-shim); 12 goes by the shim's folder, and so does this then.
 *
 * @param inner its path in the checkout, with `/`
 * @param roots all paths by which the checkout may be called
 * @returns undefined: it names it in another way
 */
export function unboundShim(text: string, inner: string, roots: readonly string[]): string | undefined {
  const up = '../'.repeat(inner.split('/').length - 1);
  const unbound = (entry: string): string => {
    const root = roots.find((each) => entry.startsWith(`${each}/`));
    return root === undefined ? entry : `$(cd "$basedir" && pwd)/${up}${entry.slice(root.length + 1)}`;
  };
  const lines = text.split('\n').map((line) => {
    const [, before, value] = /^(\s*export NODE_PATH=")([^"`\\]*)"$/.exec(line) ?? [];
    if (before === undefined || value === undefined) return line;
    return `${before}${value.split(':').map(unbound).join(':')}"`;
  });
  const said = lines.join('\n');
  return roots.some((root) => said.includes(root)) ? undefined : said;
}
