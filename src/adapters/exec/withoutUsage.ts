const usage = /^npm (?:error|ERR!) Usage:$/;
const endOfUsage = /^npm (?:error|ERR!) Run "npm help [\w-]+" for more info$/;
const bare = /^npm (?:error|ERR!)\s*$/;

/** npm prints below what is wrong how its command is used, in dozens of lines: what is wrong would be told with none of its words. */
export function withoutUsage(lines: readonly string[]): readonly string[] {
  const begin = lines.findIndex((line) => usage.test(line));
  if (begin < 0) return lines;
  const end = lines.findIndex((line, at) => at > begin && endOfUsage.test(line));
  // Above it stands what the command is for, between two lines that say nothing.
  const above = lines.slice(0, begin).findLastIndex((line, at) => !bare.test(line) && bare.test(lines[at - 1] ?? ''));
  const left = [...lines.slice(0, Math.max(above, 0)), ...lines.slice(end < 0 ? lines.length : end + 1)];
  return left.filter((line) => !bare.test(line));
}
