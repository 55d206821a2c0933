#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): HEAD is detached at a commit of its own, `git switch --orphan` begins an empty
# branch, and `git switch main` leaves that again.
#   1. On the empty branch `git reflog` says nothing and ends with 128, and so does `git log -g HEAD`, although .git/logs/HEAD has all of it.
#   2. Back on main `git reflog` lists the commit as HEAD@{1}, and `git log -g` has it there as well. `git rev-parse 'HEAD@{1}'` names main's
#      commit: `git branch rescue 'HEAD@{1}'` makes a branch without the work that it is to rescue, and exits with 0.
# Expected: that HEAD@{1} is one commit, whichever command is given it; or a word that the log has a gap, which git has for other ones.
# Going from the commit to the empty branch is no entry of the log, and coming back is one whose old value is null; the list counts
# entries, and the resolver, finding no old value, takes another.
# Why it matters: agents and scripts begin empty branches (gh-pages, a fresh start) from the detached HEADs of worktrees, and HEAD@{1} as the
# list has it is what everybody takes a lost commit back by. The commit's own id is right in both.
# git 2.51.0 (Debian's package of it, run by hand) names the same two commits; its rev-parse warns that the log "unexpectedly ended".
# Source: run here; refs.c, read_ref_at and read_ref_at_ent.
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
main=$(git rev-parse HEAD)
git switch --quiet --detach
echo two >file
git commit --quiet --all --message 'work of its own'
work=$(git rev-parse HEAD)

git switch --quiet --orphan empty
code=0
git reflog >"$folder/list" 2>"$folder/said" || code=$?
echo "on the empty branch: git reflog ends with $code and $(wc -l <"$folder/list") lines: $(cat "$folder/said"); the file has $(wc -l <.git/logs/HEAD)"

git switch --quiet main
listed=$(git reflog --no-abbrev --format='%gd %H' | sed -n 's/^HEAD@{1} //p')
resolved=$(git rev-parse 'HEAD@{1}' 2>"$folder/said")
git branch rescue 'HEAD@{1}'
name() { case $1 in "$work") echo 'the work' ;; "$main") echo "main's commit" ;; *) echo "$1" ;; esac; }
echo "back on main: HEAD@{1} is $(name "$listed") in git reflog, $(name "$resolved") in git rev-parse, which says \"$(cat "$folder/said")\"; rescue is $(name "$(git rev-parse rescue)")"
[ "$code" = 128 ] && [ "$listed" = "$work" ] && [ "$resolved" = "$main" ] && [ "$(git rev-parse rescue)" = "$main" ] || { echo CHANGED; exit 1; }
echo 'SEEN: one name, two commits'
