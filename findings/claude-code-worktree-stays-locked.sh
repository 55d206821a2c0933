#!/usr/bin/env bash
# Claude Code 2.1.332: `claude --worktree NAME` makes a linked worktree and locks it ("claude session NAME (pid N start T)"; T is the
# process's start in clock ticks since boot, field 22 of /proc/N/stat). It stays locked when the process has ended, also where the session never began
# (not logged in: exit code 1). So `git worktree remove` refuses (128), `git worktree prune` keeps the entry after the folder was deleted,
# and the branch cannot be deleted. `.claude/` is untracked in the main worktree: `git add --all` there offers the whole checkout.
# Expected: that the lock goes with the session that it names.
# Why it matters: whoever cleans up worktrees must read the reason, and look whether that very process is alive, to tell an agent at
# work from one that is gone.
# Source: run here; no account is needed for it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @anthropic-ai/claude-code-linux-x64@2.1.332 >/dev/null
tar -xzf ./*.tgz package/claude
export HOME=$folder/home DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN CLAUDE_CODE_OAUTH_TOKEN
mkdir "$HOME" repository
cd repository
git init --quiet --initial-branch=main .
git -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty --message first
"$folder/package/claude" --version
code=0
timeout 120 "$folder/package/claude" --worktree task --print hello </dev/null || code=$?
reason=$(git worktree list --porcelain | sed -n 's/^locked //p')
pid=$(sed -n 's/.*(pid \([0-9]*\) .*/\1/p' <<<"$reason")
echo "exit code $code; lock: ${reason/pid $pid/pid N}; that process is $([ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && echo alive || echo gone)"
removed=0
git worktree remove .claude/worktrees/task 2>/dev/null || removed=$?
rm -rf .claude/worktrees/task
git worktree prune
listed=$(git worktree list | wc -l)
deleted=0
git branch --quiet -D worktree-task 2>/dev/null || deleted=$?
echo "git worktree remove: $removed; worktrees listed after its folder was deleted and pruned: $listed; git branch -D: $deleted"
[[ $code -eq 1 && $reason == "claude session task (pid "*" start "*")" && $removed -eq 128 && $listed -eq 2 && $deleted -ne 0 ]] && ! kill -0 "$pid" 2>/dev/null ||
  { echo "CHANGED"; exit 1; }
echo "SEEN: locked for good by a process that is gone"
