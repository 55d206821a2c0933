import { sizeText } from '../cleanup/cleanupText';
import type { LeftKept } from './leftKept';

/** What is said of a database that is kept, and that no undo leads to, or none can now. */
export function leftKeptView({ database: kept, worktree, isRepositoryAbsent }: LeftKept): {
  readonly words: string;
  readonly why: string;
  readonly drops: string;
} {
  const { name, database, bytes, repository, until } = kept;
  const size = bytes === undefined ? '' : ` (${sizeText({ bytes, isCut: false })})`;
  const drops = `"coppice trash empty --database ${name}" drops it.`;
  if (worktree) {
    const whose = worktree.branch ?? worktree.path;
    return {
      words: 'database that waits for a create',
      why: `The database ${database}${size} is kept for ${whose}, whose delete was undone: the next create of its environment takes it, and it stays until then.`,
      drops,
    };
  }
  const where = repository === undefined ? '' : ` of ${repository}`;
  const end = until === undefined ? 'It stays until somebody drops it' : `It goes by itself ${endText(until)}`;
  if (isRepositoryAbsent)
    return {
      words: 'database of a repository that is not there now',
      why: `The database ${database}${size} is kept for a deleted worktree${where}: that repository is not there now. Once it is, an undo may lead to it. ${end}.`,
      drops: `Where the repository is gone for good, ${drops}`,
    };
  return {
    words: 'database of a worktree that is in no trash any more',
    why: `The database ${database}${size} is kept for a deleted worktree${where} that is in no trash any more: no undo leads to it. ${end}.`,
    drops,
  };
}

/** By the server's clock, which tells no one's time zone. */
function endText(until: number): string {
  const date = new Date(until);
  return Number.isNaN(date.getTime()) ? 'one day' : `after ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
