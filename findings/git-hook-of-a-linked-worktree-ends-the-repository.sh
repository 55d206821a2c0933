#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): a hook that runs tests which make a repository of their own, `git init` in a
# temporary folder, does no harm in the main worktree. The same commit in a linked worktree: git gives that hook GIT_DIR, so that
# `git init` makes no repository there. It makes the one anew that the commit is in, takes it for bare by its path, and writes
# `core.bare = true` into the configuration that all worktrees share. It exits with 0, and so does the commit; from then on
# `git status` fails in the main worktree: "this operation must be run in a work tree".
# Expected: that a hook sees the same environment in each worktree, and that making a repository changes none that has worktrees.
# Why it matters: agents commit in linked worktrees, and the tests of many repositories make repositories. What is broken is another folder.
# `git config --file .git/config core.bare false` mends it; hooks and tests should `unset $(git rev-parse --local-env-vars)`.
# Source: run here; githooks(5) says that GIT_DIR is exported, not that it is so in linked worktrees alone.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
git --version
git init --quiet --initial-branch=main main
cat >main/.git/hooks/pre-commit <<'SH'
#!/bin/sh
echo "${GIT_DIR:-none}" >>"$HOME/seen"
cd "$(mktemp -d -p "$HOME")" && git init --quiet
SH
chmod +x main/.git/hooks/pre-commit
git -C main config user.name a
git -C main config user.email a@example.com
look() { echo "core.bare $(git config --file main/.git/config core.bare), git status in main $(git -C main status --porcelain >/dev/null 2>"$folder/error" && echo works || echo "fails: $(sed 's/^fatal: //' "$folder/error")")"; }

git -C main commit --quiet --allow-empty --message first
of_main=$(look)
git -C main worktree add --quiet -b topic "$folder/topic"
code=0
git -C topic commit --quiet --allow-empty --message second || code=$?
of_linked=$(look)
git config --file main/.git/config core.bare false
mended=$(look)
said="GIT_DIR of the hook: $(sed "s#$folder/##" seen | paste -sd' ')
after a commit in main: $of_main
after a commit in a linked worktree (exit code $code): $of_linked
mended: $mended"
echo "$said"
expected='GIT_DIR of the hook: none main/.git/worktrees/topic
after a commit in main: core.bare false, git status in main works
after a commit in a linked worktree (exit code 0): core.bare true, git status in main fails: this operation must be run in a work tree
mended: core.bare false, git status in main works'
[ "$said" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: a commit in one worktree ended the other"
