/** What `git status --porcelain=v2 --branch -z` says. Paths are relative to the worktree's folder. */
export interface ParsedStatus {
  /** undefined on a branch without a commit. */
  readonly commit: string | undefined;
  /** undefined when HEAD is detached. */
  readonly branch: string | undefined;
  readonly upstream: string | undefined;
  /** 0 without an upstream, or with one that is gone. */
  readonly ahead: number;
  readonly behind: number;
  /** Tracked files with changes, staged or not, conflicts included. */
  readonly changed: readonly string[];
  readonly conflicts: readonly string[];
  /** Folders end in a slash. */
  readonly untracked: readonly string[];
  readonly ignored: readonly string[];
}

/** How many fields come before the path, by the kind of the entry: git-status(1), "Porcelain Format Version 2". */
const fieldsBeforePath: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1, '!': 1 };

/** Unknown headers and entries are passed over, as git asks its readers to do. */
export function parseStatus(output: string): ParsedStatus {
  const headers = new Map<string, string>();
  const paths: Record<string, string[]> = { '1': [], '2': [], u: [], '?': [], '!': [] };
  const tokens = output.split('\0');
  const changed: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? '';
    const kind = token.slice(0, 1);
    if (kind === '#') {
      const [, name = '', value = ''] = /^# (\S+) (.*)$/s.exec(token) ?? [];
      headers.set(name, value);
      continue;
    }
    const path = afterSpaces(token, fieldsBeforePath[kind]);
    if (path === undefined) continue;
    paths[kind]?.push(path);
    if (kind === '1' || kind === '2' || kind === 'u') changed.push(path);
    // A renamed file's former path is a token of its own.
    if (kind === '2') index++;
  }
  const [, ahead = '0', behind = '0'] = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '') ?? [];
  const commit = headers.get('branch.oid');
  const branch = headers.get('branch.head');
  return {
    commit: commit === '(initial)' ? undefined : commit,
    branch: branch === '(detached)' ? undefined : branch,
    upstream: headers.get('branch.upstream'),
    ahead: Number(ahead),
    behind: Number(behind),
    changed,
    conflicts: paths['u'] ?? [],
    untracked: paths['?'] ?? [],
    ignored: paths['!'] ?? [],
  };
}

/** Takes the statuses of several worktrees apart that are written one after the other, each beginning with its headers. */
export class StatusSplitter {
  #rest = '';
  #status: string[] = [];
  #isFormerPath = false;

  /** @returns the statuses that are complete with this piece: all but the last */
  push(piece: string): string[] {
    const complete: string[] = [];
    const tokens = (this.#rest + piece).split('\0');
    this.#rest = tokens.pop() ?? '';
    for (const token of tokens) {
      if (!this.#isFormerPath && this.#status.length > 0 && token.startsWith('# branch.oid '))
        complete.push(this.#take());
      this.#isFormerPath = !this.#isFormerPath && token.startsWith('2 ');
      this.#status.push(token);
    }
    return complete;
  }

  /** @returns the last one, undefined when there was no output at all */
  end(): string | undefined {
    return this.#status.length === 0 ? undefined : this.#take();
  }

  #take(): string {
    const status = `${this.#status.join('\0')}\0`;
    this.#status = [];
    return status;
  }
}

/** What follows so many spaces; the rest may hold more of them. */
function afterSpaces(text: string, count: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  let start = 0;
  for (let seen = 0; seen < count; seen++) {
    start = text.indexOf(' ', start) + 1;
    if (start === 0) return undefined;
  }
  return text.slice(start);
}
