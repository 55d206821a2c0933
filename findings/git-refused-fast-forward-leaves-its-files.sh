#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): `git merge --ff-only BRANCH` where a reference-transaction hook refuses to move
# the branch. It exits with 128 and the branch stays where it was, but the other branch's files are written and staged.
# Expected: that a merge which was refused leaves index and files as they were, as one that is refused for local changes does.
# Why it matters: hooks that keep a branch from moving (protected branches, a freeze) are asked last, after the files are written. Whoever
# commits next in that checkout commits the refused branch's work under another name, which the hook lets pass or not.
# `git read-tree -m -u BRANCH HEAD`, where the index is just what BRANCH has, takes it back; `git merge --abort` knows of no merge.
# Source: run here; builtin/merge.c checks out (checkout_fast_forward) before it moves the branch (finish).
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
git switch --quiet --create other
echo two >file
echo new >added
git add .
git commit --quiet --message second
git switch --quiet main
cat >.git/hooks/reference-transaction <<'SH'
#!/bin/sh
[ "$1" = prepared ] || exit 0
while read -r old new ref; do [ "$ref" != refs/heads/main ] || exit 1; done
SH
chmod +x .git/hooks/reference-transaction
before=$(git rev-parse HEAD)
code=0
git merge --ff-only other >/dev/null 2>"$folder/said" || code=$?
after=$(git rev-parse HEAD)
status=$(git status --porcelain | paste -sd,)
aborted=0
git merge --abort 2>"$folder/abort" || aborted=$?
echo "exit code $code; main $([ "$before" = "$after" ] && echo 'has not moved' || echo moved); status: $status; file says $(cat file); merge --abort: $aborted"
git read-tree -m -u other HEAD
left=$(git status --porcelain)
echo "after read-tree -m -u: ${left:-clean}"
[ "$code $status $(cat file) $aborted $left" = '128 A  added,M  file one 128 ' ] && [ "$before" = "$after" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the branch was not moved, its files were"
