import { plural } from '../../core/text/plural';

/** What is said of worktrees that are kept ready: they are nobody's yet. @param folders at least one */
export function sparesView(folders: readonly string[]): {
  readonly name: string;
  readonly words: string;
  readonly why: string;
} {
  const isOne = folders.length === 1;
  return {
    name: plural(folders.length, 'spare worktree'),
    words: isOne ? 'for the next create' : 'for the next creates',
    why: `${plural(folders.length, 'spare worktree')} ${isOne ? 'is' : 'are'} kept for the next ${isOne ? 'create' : 'creates'}: "coppice pool" says how far ${isOne ? 'it is' : 'they are'}.`,
  };
}
