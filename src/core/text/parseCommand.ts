/** What only a shell understands, when it stands outside quotes. */
const operator = /^(?:&&|\|\|?|;|&|\d?>>?|<<?)$|;$/;

export interface CommandProblem {
  readonly problem: string;
  /** It is no mistake where a shell reads the command. */
  readonly needsShell?: true;
}

/**
 * Splits a command as a person writes it: at spaces, with single and double quotes that hold words together wherever
 * they stand (`--name="a b"` is one argument without quotes). Nothing else has a meaning: there is no shell. What would
 * silently become an argument instead of what its writer meant is refused.
 *
 * @returns the argument vector, or what is wrong
 */
export function parseCommand(text: string): readonly string[] | CommandProblem {
  const argv: string[] = [];
  // The quoted parts and the bare ones of each word in turn; a quote without its partner fits none of them.
  for (const [word] of text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g)) {
    const bare = word.replace(/"[^"]*"|'[^']*'/g, '');
    if (/["']/.test(bare)) return { problem: 'has a quote that is not closed' };
    const sign = bare === '' ? undefined : operator.exec(bare)?.[0];
    if (sign !== undefined) {
      return {
        needsShell: true,
        problem: `has ${JSON.stringify(sign)}, which only a shell understands, and none is started; write ["sh", "-c", "…"] if you want one`,
      };
    }
    argv.push(word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''));
  }
  const [program] = argv;
  if (program === undefined || program.trim() === '') return { problem: 'must be a command, found only spaces' };
  if (/^[A-Za-z_]\w*=/.test(program)) {
    return {
      needsShell: true,
      problem: `starts with a variable (${program}); variables belong under env, no shell reads the command`,
    };
  }
  return argv;
}
