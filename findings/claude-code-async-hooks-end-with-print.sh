#!/usr/bin/env bash
# Claude Code 2.1.332: hooks with `"async": true` that run when a `claude --print` session ends are ended with it, without a word: what
# a hook of StopFailure (the same holds for Stop) is about to write is never written. Hooks of SessionEnd are waited for, async or not.
# Expected: that a hook which was started is let finish, or that none is.
# Why it matters: who follows sessions by their hooks must not need the last ones before SessionEnd, and must wait for that one: a
# session whose end nobody heard of looks as if it had been killed.
# Source: run here; no account is needed for it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @anthropic-ai/claude-code-linux-x64@2.1.332 >/dev/null
tar -xzf ./*.tgz package/claude
export HOME=$folder/home DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN CLAUDE_CODE_OAUTH_TOKEN
mkdir -p "$HOME" repository/.claude
cd repository
git init --quiet --initial-branch=main .
cat >.claude/settings.local.json <<'JSON'
{"hooks": {
  "StopFailure": [{"hooks": [{"type": "command", "command": "echo begun >begun; sleep 3; echo beside >beside", "async": true}]}],
  "SessionEnd": [{"hooks": [
    {"type": "command", "command": "sleep 3; echo end >end", "async": true},
    {"type": "command", "command": "sleep 3; echo waited >waited", "timeout": 10}
  ]}]
}}
JSON
"$folder/package/claude" --version
timeout 120 "$folder/package/claude" --print hello </dev/null || true
sleep 6
seen=$(for file in begun beside end waited; do [ -e "$file" ] && echo "$file"; done | xargs)
echo "written: $seen"
[[ $seen == "begun end waited" ]] || { echo "CHANGED"; exit 1; }
echo "SEEN: a hook that had begun was ended with the session"
