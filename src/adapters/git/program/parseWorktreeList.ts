/** One entry of `git worktree list --porcelain`. */
export interface ListedWorktree {
  /** As git writes it: with forward slashes. */
  readonly path: string;
  readonly head: string;
  /** Full ref. */
  readonly branch: string | undefined;
  readonly isBare: boolean;
  readonly locked: string | undefined;
  readonly prunable: string | undefined;
}

/** Whether it is what git writes where there is no commit yet: as long as the repository's ids are. */
export function isNoCommit(id: string): boolean {
  return /^0+$/.test(id);
}

const noCommit = '0'.repeat(40);

/**
 * Parses `git worktree list --porcelain [-z]` (git-worktree(1), "Porcelain format"). Without `-z` a path with a line end
 * cannot be told from the next attribute: nothing can be done about that but a newer git (2.36).
 */
export function parseWorktreeList(output: string, separator: '\0' | '\n'): ListedWorktree[] {
  const entries: ListedWorktree[] = [];
  let attributes = new Map<string, string>();
  const finish = (): void => {
    const path = attributes.get('worktree');
    if (path !== undefined) {
      entries.push({
        path,
        head: attributes.get('HEAD') ?? noCommit,
        branch: attributes.get('branch'),
        isBare: attributes.has('bare'),
        locked: unquoted(attributes.get('locked'), separator),
        prunable: unquoted(attributes.get('prunable'), separator),
      });
    }
    attributes = new Map();
  };
  for (const line of output.split(separator)) {
    if (line === '') {
      finish();
      continue;
    }
    const space = line.indexOf(' ');
    if (space < 0) attributes.set(line, '');
    else attributes.set(line.slice(0, space), line.slice(space + 1));
  }
  finish();
  return entries;
}

/** Without `-z` git writes a reason with odd characters as a C string. */
function unquoted(reason: string | undefined, separator: '\0' | '\n'): string | undefined {
  if (reason === undefined || separator === '\0' || !/^".*"$/s.test(reason)) return reason;
  const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };
  const bytes: number[] = [];
  for (const [, octal, letter, text] of reason.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(escapes[letter] ?? letter.charCodeAt(0));
    else bytes.push(...Buffer.from(text ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}
