/** One ref, as asked for with `refFormat`. */
export interface ListedRef {
  /** Full: `refs/heads/x`. */
  readonly ref: string;
  /** What a symbolic ref points at, '' for any other. */
  readonly symref: string;
  readonly commit: string;
  /** ISO 8601, '' when the ref names no commit. */
  readonly date: string;
  /** Folder of the worktree that has the branch checked out, '' when none has. */
  readonly worktree: string;
  readonly subject: string;
}

/** For `git for-each-ref --format`: every field ends in NUL, because a worktree's path may hold anything else. */
export const refFormat =
  '%(refname)%00%(symref)%00%(objectname)%00%(committerdate:iso-strict)%00%(worktreepath)%00%(contents:subject)%00';

const fieldCount = 6;

export function parseRefs(output: string): ListedRef[] {
  const fields = output.split('\0');
  const refs: ListedRef[] = [];
  for (let index = 0; index + fieldCount < fields.length; index += fieldCount) {
    const [ref = '', symref = '', commit = '', date = '', worktree = '', subject = ''] = fields.slice(
      index,
      index + fieldCount,
    );
    // Git ends each record with a line end, which is then the next one's beginning.
    refs.push({ ref: ref.replace(/^\r?\n/, ''), symref, commit, date, worktree, subject });
  }
  return refs;
}
