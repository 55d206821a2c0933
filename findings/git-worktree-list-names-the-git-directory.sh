#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): where a repository's git directory lies elsewhere (`git init --separate-git-dir`, or `.git` is a
# link to `.git.nosync`, as people do to keep it out of a synchronised folder), `git worktree list` gives the git directory as the
# main worktree's path. `git rev-parse --show-toplevel` in the same folder gives the folder. From a linked worktree nothing
# tells where the main one is.
# Expected: that both name the folder where the files are, or that the list says that it does not know.
# Why it matters: tools that put new worktrees beside the main one put them beside, or into, the git directory, and call
# the repository ".git.nosync".
# Source: run here; get_main_worktree in git's worktree.c takes the path from where the common directory lies.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder GIT_CONFIG_NOSYSTEM=1
git --version
mkdir elsewhere
git init --quiet --separate-git-dir="$folder/elsewhere/app.git" separate
git init --quiet linked
mv linked/.git linked/.git.nosync
ln -s .git.nosync linked/.git
code=0
for name in separate linked; do
  git -C $name -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty --message first
  listed=$(git -C $name worktree list --porcelain | sed -n '1s/^worktree //p')
  top=$(git -C $name rev-parse --show-toplevel)
  echo "$name: worktree list ${listed#"$folder"/}; top level ${top#"$folder"/}"
  [ "$top" = "$folder/$name" ] && [ "$listed" != "$top" ] || code=1
done
exit $code
