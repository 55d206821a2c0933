import type { OwnedDatabase } from '../../core/ports/databases';

const mib = 1024 ** 2;

/** What is said of a database that no environment has any more. */
export function leftDatabaseView({ name, bytes }: Pick<OwnedDatabase, 'name' | 'bytes'>): {
  readonly words: string;
  readonly why: string;
} {
  const size = bytes === undefined ? '' : ` (${(bytes / mib).toFixed(0)} MiB)`;
  return {
    words: 'database of an environment that is gone',
    why: `The database ${name}${size} is left of an environment that is gone. The next create of a worktree of its name offers to take it over or to drop it.`,
  };
}
