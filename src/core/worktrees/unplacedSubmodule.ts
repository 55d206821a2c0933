/**
 * What to say beside git's words where a worktree cannot have its submodules: with extensions.submodulePathConfig (git 2.54 and newer) their
 * places are written down once for all worktrees, relative to the main one's folder
 * (2.55.0, findings/git-submodule-path-config-fails-in-linked-worktrees.sh).
 *
 * @returns undefined: it is something else
 */
export function unplacedSubmodule(output: string): string | undefined {
  const [, folder] = /could not create directory '([^'\n]{1,1000})[\\/]\.git[\\/]modules[\\/]/.exec(output) ?? [];
  if (folder === undefined) return undefined;
  return [
    `git has written down where submodules lie for the main worktree alone (extensions.submodulePathConfig), and ${folder} is none.`,
    'Once: git config extensions.worktreeConfig true',
    'For each of them, in the worktree and before "git submodule update" there: git config --worktree submodule.NAME.gitdir "$(git rev-parse --absolute-git-dir)/modules/NAME"',
  ].join('\n');
}
