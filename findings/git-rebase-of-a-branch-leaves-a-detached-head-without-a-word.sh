#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): HEAD is detached at a commit of its own, and another branch is switched to.
#   1. `git switch topic` warns: "you are leaving 1 commit behind, not connected to any of your branches", with the commit and a way back;
#      @{-1} and `git switch -` lead back to it.
#   2. `git rebase main topic`, which begins with the same switch, warns of nothing and ends with 0. Its entry in the log does not say where it
#      came from ("rebase: checkout topic"), so that @{-1} is what was left the time before: `git switch -` says "Already on 'topic'".
# Expected: the same warning, and the same way back, as the same commit is left.
# Why it matters: agents commit on detached HEADs of worktrees. Whatever looks for commits that nothing reaches by "checkout: moving from …" in
# the log, as git's own warning and @{-N} do, sees this one not at all; what deletes that worktree then takes the only log that has it.
# A build of git's own sources (2.55.GIT, run by hand) does the same.
# Source: run here; builtin/rebase.c, which moves HEAD by reset_head, and not as builtin/checkout.c does.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
git --version
git init --quiet --initial-branch=main repository
cd repository
git config user.name a
git config user.email a@example.com
echo one >file
git add file
git commit --quiet --message first
git branch topic
git switch --quiet --detach
echo two >file
git commit --quiet --all --message 'work of its own'
work=$(git rev-parse HEAD)
name() { case $1 in "$work") echo 'the work' ;; "$(git rev-parse topic)") echo "topic's commit" ;; *) echo "$1" ;; esac; }

git switch topic >"$folder/said" 2>&1
switched=$(grep -c 'leaving 1 commit behind' "$folder/said" || true)
back=$(git rev-parse '@{-1}')
echo "git switch topic: warns $switched time(s); @{-1} is $(name "$back")"

git switch --quiet --detach "$work"
git rebase main topic >"$folder/said" 2>&1
rebased=$(grep -c 'behind' "$folder/said" || true)
lost=$(git rev-parse '@{-1}')
entry=$(git reflog --format=%gs -1)
git switch - >"$folder/back" 2>&1
echo "git rebase main topic: says \"$(tr '\n' ' ' <"$folder/said")\", warns $rebased time(s); @{-1} is $(name "$lost"); git switch - says \"$(cat "$folder/back")\""
echo "its entry in the log: $entry"
[ "$switched" = 1 ] && [ "$back" = "$work" ] && [ "$rebased" = 0 ] && [ "$lost" != "$work" ] && [ "$(git rev-parse HEAD)" != "$work" ] ||
  { echo CHANGED; exit 1; }
echo 'SEEN: the same commit is left with a warning by one command, and without a word by the other'
