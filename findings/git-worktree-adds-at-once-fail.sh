#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): several `git worktree add` at once in one repository, each with a new branch
# and a folder of its own.
# Some of them fail: "fatal: failed to read .git/worktrees/NAME/commondir: Success", where NAME is the worktree of another of them. The exit
# code is 128; the branch of the one that failed is made by then, so that the same command, tried again, says that the branch exists.
# Expected: that adds of different worktrees do not meet, or wait for a lock as writers of one ref do; in any case a reason that is none
# ("Success").
# A worktree's record is a folder that is filled file by file; an add reads those of all others, to see which branches are checked out, and
# takes an empty file for a broken repository.
# Why it matters: worktrees are what several agents of one repository are given at the same moment; on a busy machine with two processors
# one add in five to ten fails with an error that nobody can read, of something that is not there when one looks. Whoever adds several adds
# them one after the other, or tries again with -B.
# Source: run here; worktree.c (get_linked_worktree), setup.c (get_common_dir_noenv), builtin/worktree.c (add_worktree).
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
busy=()
trap 'kill "${busy[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
git --version
git init --quiet --initial-branch=main repository
cd repository
git config user.name a
git config user.email a@example.com
git commit --quiet --allow-empty --message first

# A machine that has other things to do, as one has on which several agents work.
for _ in $(seq "$(($(nproc) * 2))"); do
  (while :; do :; done) &
  busy+=($!)
done
failed=0 all=0 branches=0
# The moment is short: many at once, again until it was seen three times.
for round in $(seq 1 40); do
  pids=()
  for each in $(seq 1 24); do
    name=w$round-$each
    (git worktree add --quiet -b "$name" "../$name" 2>"$folder/$name.said" || { echo "$name" >"$folder/$name.failed"; exit 1; }) &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    all=$((all + 1))
    wait "$pid" || failed=$((failed + 1))
  done
  [ "$failed" -lt 3 ] || break
done
for file in "$folder"/*.failed; do
  [ -e "$file" ] || continue
  name=$(<"$file")
  git show-ref --quiet "refs/heads/$name" && branches=$((branches + 1))
done
words=$(cat "$folder"/*.said | sed 's/w[0-9]*-[0-9]*/NAME/' | sort | uniq -c)
echo "$failed of $all adds failed; of these $branches have left their branch. They said:"
echo "$words"
[ "$failed" -ge 3 ] && grep -q 'fatal: failed to read .git/worktrees/NAME/commondir: Success' <<<"$words" || { echo CHANGED; exit 1; }
echo 'SEEN: adds of different worktrees, at once, fail for each other'
